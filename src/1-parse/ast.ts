import type { Span } from '../source.ts';

/** The syntax tree. Plain data; every node has the span it was read from. A part that could not be read is an `error`. */

interface Node {
  readonly span: Span;
}

export interface FileNode extends Node {
  readonly imports: readonly ImportNode[];
  readonly declarations: readonly Declaration[];
  /** All comments, documentation included, in order; the formatter puts them back. */
  readonly comments: readonly Comment[];
}

export interface Comment extends Node {
  readonly text: string;
}

export interface Ident extends Node {
  readonly name: string;
}

export interface ImportNode extends Node {
  readonly kind: 'import';
  readonly names: readonly Ident[];
  readonly from: StringNode;
}

export type Declaration = BlockNode | ModelNode | WeightsNode;

export interface BlockNode extends Node {
  readonly kind: 'block';
  readonly doc: string;
  readonly name: Ident;
  readonly params: readonly ParamNode[];
  readonly body: readonly Statement[];
}

export interface ParamNode extends Node {
  readonly kind: 'param';
  readonly doc: string;
  readonly name: Ident;
  /** Without a type a parameter is a tensor. */
  readonly type?: TypeNode;
  readonly default?: Expr;
}

export interface TypeNode extends Node {
  readonly name: string;
  readonly list: boolean;
}

export type Statement = ReturnNode | RequireNode | AssignNode;

export interface ReturnNode extends Node {
  readonly kind: 'return';
  readonly outputs: readonly { readonly label?: Ident; readonly value: Expr }[];
}

export interface RequireNode extends Node {
  readonly kind: 'require';
  readonly condition: Expr;
}

export interface AssignNode extends Node {
  readonly kind: 'assign';
  readonly targets: readonly Ident[];
  readonly value: Expr;
}

export interface ModelNode extends Node {
  readonly kind: 'model';
  readonly doc: string;
  readonly name: Ident;
  readonly members: readonly Member[];
}

export type Member =
  | ParamNode
  | ConventionNode
  | InputNode
  | AuxiliaryNode
  | MaximizeNode
  | ScalingNode
  | VariantsNode
  | TableNode
  | SectionNode
  | Statement;

export interface ConventionNode extends Node {
  readonly kind: 'convention';
  readonly name: Ident;
  readonly args: readonly Arg[];
}

export interface InputNode extends Node {
  readonly kind: 'input';
  readonly name: Ident;
  readonly shape: Expr;
  /** `(mean: [...], std: [...])`: how pixels between 0 and 1 are normalised before they come in. */
  readonly args: readonly Arg[];
}

/** `auxiliary 0.3: aux1, aux2`: outputs that only training has, and the weight of each in the loss. */
export interface AuxiliaryNode extends Node {
  readonly kind: 'auxiliary';
  readonly weight: Expr;
  readonly outputs: readonly Expr[];
}

export interface MaximizeNode extends Node {
  readonly kind: 'maximize';
  readonly objective: Expr;
}

export interface ScalingNode extends Node {
  readonly kind: 'scaling';
  readonly variable?: Ident;
  readonly entries: readonly ScalingEntry[];
}

/** `d = 1.2 ^ phi`, or a rounding: `w(n) = round(n * w, 8)`. */
export interface ScalingEntry extends Node {
  readonly name: Ident;
  readonly parameter?: Ident;
  readonly value: Expr;
}

export interface VariantsNode extends Node {
  readonly kind: 'variants';
  readonly doc: string;
  readonly rows: RowsNode;
}

export interface TableNode extends Node {
  readonly kind: 'table';
  readonly doc: string;
  readonly name: Ident;
  readonly rows: RowsNode;
}

/** A named part of a model; its chain starts from the section before unless its first element is a value. */
export interface SectionNode extends Node {
  readonly kind: 'section';
  readonly doc: string;
  readonly name: Ident;
  /** Of the first step. */
  readonly share?: SharingNode;
  readonly label?: Ident;
  readonly first: Expr;
  readonly tail: Tail;
  readonly steps: readonly StepNode[];
}

export interface WeightsNode extends Node {
  readonly kind: 'weights';
  readonly doc: string;
  readonly name: Ident;
  readonly conventions: readonly SourceConventionNode[];
  readonly rows: RowsNode;
}

/** `convention torchvision: torch(epsilon: 1e-3) for b5, b6`: what the weights of a weight map's column were trained under. */
export interface SourceConventionNode extends Node {
  readonly kind: 'source-convention';
  readonly column: Ident;
  readonly name: Ident;
  readonly args: readonly Arg[];
  /** The variants that it holds for; none if it holds for all that no other names. */
  readonly variants: readonly Ident[];
}

export interface Tail {
  /** Rows written in place, or the name of a table. */
  readonly rows?: RowsNode | NameNode;
  readonly condition?: Expr;
}

export interface StepNode extends Node {
  readonly kind: 'step';
  readonly share?: SharingNode;
  readonly label?: Ident;
  readonly callee: NameNode;
  readonly args?: readonly Arg[];
  readonly tail: Tail;
}

/** `share`, `share(norms: separate)` before a label: all uses of the step in its block or model have one set of parameters. */
export interface SharingNode extends Node {
  readonly args: readonly Arg[];
}

export interface Arg extends Node {
  readonly name?: Ident;
  readonly value: Expr;
}

export interface RowsNode extends Node {
  readonly kind: 'rows';
  readonly header: readonly Ident[];
  readonly rows: readonly RowNode[];
}

export interface RowNode extends Node {
  /** One entry a column of the row as written; undefined if the cell is empty. */
  readonly cells: readonly (CellNode | undefined)[];
}

export interface CellNode extends Node {
  /** The comma-separated values, at least one. */
  readonly values: readonly Expr[];
}

export type Expr =
  | NumberNode
  | StringNode
  | BoolNode
  | NameNode
  | CallNode
  | ListNode
  | ComprehensionNode
  | ChoiceNode
  | UnaryNode
  | BinaryNode
  | ConditionalNode
  | IndexNode
  | PropertyNode
  | ChainNode
  | ErrorNode;

export interface NumberNode extends Node {
  readonly kind: 'number';
  readonly value: number;
}

export interface StringNode extends Node {
  readonly kind: 'string';
  readonly value: string;
}

export interface BoolNode extends Node {
  readonly kind: 'bool';
  readonly value: boolean;
}

/** A name or a dotted path, `x.channels`, `trunk.stages.1`. */
export interface NameNode extends Node {
  readonly kind: 'name';
  readonly text: string;
  readonly parts: readonly string[];
}

export interface CallNode extends Node {
  readonly kind: 'call';
  readonly callee: NameNode;
  readonly args: readonly Arg[];
}

export interface ListNode extends Node {
  readonly kind: 'list';
  readonly items: readonly Expr[];
}

export interface ComprehensionNode extends Node {
  readonly kind: 'comprehension';
  readonly item: Expr;
  readonly names: readonly Ident[];
  readonly sources: readonly Expr[];
}

/** `{3, 5}` in a cell: a decision of the search space. `{kernel: 3, 5}` shares it with all choices of that name. */
export interface ChoiceNode extends Node {
  readonly kind: 'choice';
  readonly name?: Ident;
  readonly options: readonly Expr[];
}

/** `{kernel: 3, 5}`. */
export type NamedChoice = ChoiceNode & { readonly name: Ident };

export type UnaryOperator = '-' | 'not';

export interface UnaryNode extends Node {
  readonly kind: 'unary';
  readonly operator: UnaryOperator;
  readonly operand: Expr;
}

export type BinaryOperator = 'or' | 'and' | '==' | '!=' | '<' | '<=' | '>' | '>=' | '+' | '-' | '*' | '/' | '%' | '^';

export interface BinaryNode extends Node {
  readonly kind: 'binary';
  readonly operator: BinaryOperator;
  readonly left: Expr;
  readonly right: Expr;
}

/** `value if condition else otherwise`. */
export interface ConditionalNode extends Node {
  readonly kind: 'conditional';
  readonly value: Expr;
  readonly condition: Expr;
  readonly otherwise: Expr;
}

export interface IndexNode extends Node {
  readonly kind: 'index';
  readonly object: Expr;
  readonly index: Expr;
}

export interface PropertyNode extends Node {
  readonly kind: 'property';
  readonly object: Expr;
  readonly name: Ident;
}

/** `x -> conv: Conv(8, 3) -> relu`; at least one step. */
export interface ChainNode extends Node {
  readonly kind: 'chain';
  readonly first: Expr;
  readonly steps: readonly StepNode[];
}

export interface ErrorNode extends Node {
  readonly kind: 'error';
}
