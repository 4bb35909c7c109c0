// Generated from grammar/parser.ts by `npm run generate`. Do not edit.
import type { CstNode, ICstVisitor, IToken } from "chevrotain";

export interface FileCstNode extends CstNode {
  name: "file";
  children: FileCstChildren;
}

export type FileCstChildren = {
  importDeclaration?: ImportDeclarationCstNode[];
  block?: BlockCstNode[];
  model?: ModelCstNode[];
  weights?: WeightsCstNode[];
};

export interface ImportDeclarationCstNode extends CstNode {
  name: "importDeclaration";
  children: ImportDeclarationCstChildren;
}

export type ImportDeclarationCstChildren = {
  Import: IToken[];
  LBrace: IToken[];
  Name: (IToken)[];
  Comma?: IToken[];
  RBrace: IToken[];
  From: IToken[];
  String: IToken[];
};

export interface BlockCstNode extends CstNode {
  name: "block";
  children: BlockCstChildren;
}

export type BlockCstChildren = {
  Block: IToken[];
  Name: IToken[];
  LParen: IToken[];
  parameter: (ParameterCstNode)[];
  Comma?: IToken[];
  RParen: IToken[];
  LBrace: IToken[];
  statement?: StatementCstNode[];
  RBrace: IToken[];
};

export interface ParameterCstNode extends CstNode {
  name: "parameter";
  children: ParameterCstChildren;
}

export type ParameterCstChildren = {
  Name: IToken[];
  Colon?: IToken[];
  type?: TypeCstNode[];
  Equal?: IToken[];
  chain?: ChainCstNode[];
};

export interface TypeCstNode extends CstNode {
  name: "type";
  children: TypeCstChildren;
}

export type TypeCstChildren = {
  Name?: IToken[];
  Block?: IToken[];
  Table?: IToken[];
  LBracket?: IToken[];
  RBracket?: IToken[];
};

export interface StatementCstNode extends CstNode {
  name: "statement";
  children: StatementCstChildren;
}

export type StatementCstChildren = {
  returnStatement?: ReturnStatementCstNode[];
  requireStatement?: RequireStatementCstNode[];
  assignment?: AssignmentCstNode[];
};

export interface ReturnStatementCstNode extends CstNode {
  name: "returnStatement";
  children: ReturnStatementCstChildren;
}

export type ReturnStatementCstChildren = {
  Return: IToken[];
  output: (OutputCstNode)[];
  Comma?: IToken[];
};

export interface OutputCstNode extends CstNode {
  name: "output";
  children: OutputCstChildren;
}

export type OutputCstChildren = {
  Name?: IToken[];
  Colon?: IToken[];
  chain: ChainCstNode[];
};

export interface RequireStatementCstNode extends CstNode {
  name: "requireStatement";
  children: RequireStatementCstChildren;
}

export type RequireStatementCstChildren = {
  Require: IToken[];
  expression: ExpressionCstNode[];
};

export interface AssignmentCstNode extends CstNode {
  name: "assignment";
  children: AssignmentCstChildren;
}

export type AssignmentCstChildren = {
  Name: (IToken)[];
  Comma?: IToken[];
  Equal: IToken[];
  chain: ChainCstNode[];
};

export interface ModelCstNode extends CstNode {
  name: "model";
  children: ModelCstChildren;
}

export type ModelCstChildren = {
  Model: IToken[];
  Name: IToken[];
  LBrace: IToken[];
  modelParameter?: ModelParameterCstNode[];
  convention?: ConventionCstNode[];
  inputDeclaration?: InputDeclarationCstNode[];
  auxiliary?: AuxiliaryCstNode[];
  maximize?: MaximizeCstNode[];
  scaling?: ScalingCstNode[];
  variants?: VariantsCstNode[];
  table?: TableCstNode[];
  section?: SectionCstNode[];
  statement?: StatementCstNode[];
  RBrace: IToken[];
};

export interface ModelParameterCstNode extends CstNode {
  name: "modelParameter";
  children: ModelParameterCstChildren;
}

export type ModelParameterCstChildren = {
  Param: IToken[];
  parameter: ParameterCstNode[];
};

export interface ConventionCstNode extends CstNode {
  name: "convention";
  children: ConventionCstChildren;
}

export type ConventionCstChildren = {
  Convention: IToken[];
  Name: IToken[];
  args?: ArgsCstNode[];
};

export interface InputDeclarationCstNode extends CstNode {
  name: "inputDeclaration";
  children: InputDeclarationCstChildren;
}

export type InputDeclarationCstChildren = {
  Input: IToken[];
  Name: IToken[];
  Colon: IToken[];
  expression: ExpressionCstNode[];
  args?: ArgsCstNode[];
};

export interface AuxiliaryCstNode extends CstNode {
  name: "auxiliary";
  children: AuxiliaryCstChildren;
}

export type AuxiliaryCstChildren = {
  Auxiliary: IToken[];
  expression: ExpressionCstNode[];
  Colon: IToken[];
  chain: (ChainCstNode)[];
  Comma?: IToken[];
};

export interface MaximizeCstNode extends CstNode {
  name: "maximize";
  children: MaximizeCstChildren;
}

export type MaximizeCstChildren = {
  Maximize: IToken[];
  expression: ExpressionCstNode[];
};

export interface ScalingCstNode extends CstNode {
  name: "scaling";
  children: ScalingCstChildren;
}

export type ScalingCstChildren = {
  Scaling: IToken[];
  Name?: IToken[];
  LBrace: IToken[];
  scalingEntry?: ScalingEntryCstNode[];
  RBrace: IToken[];
};

export interface ScalingEntryCstNode extends CstNode {
  name: "scalingEntry";
  children: ScalingEntryCstChildren;
}

export type ScalingEntryCstChildren = {
  Name: (IToken)[];
  LParen?: IToken[];
  RParen?: IToken[];
  Equal: IToken[];
  expression: ExpressionCstNode[];
};

export interface VariantsCstNode extends CstNode {
  name: "variants";
  children: VariantsCstChildren;
}

export type VariantsCstChildren = {
  Variants: IToken[];
  rows: RowsCstNode[];
};

export interface TableCstNode extends CstNode {
  name: "table";
  children: TableCstChildren;
}

export type TableCstChildren = {
  Table: IToken[];
  Name: IToken[];
  rows: RowsCstNode[];
};

export interface SectionCstNode extends CstNode {
  name: "section";
  children: SectionCstChildren;
}

export type SectionCstChildren = {
  Name: (IToken)[];
  Colon: (IToken)[];
  sharing?: SharingCstNode[];
  expression: ExpressionCstNode[];
  tail: TailCstNode[];
  Arrow?: IToken[];
  step?: StepCstNode[];
};

export interface WeightsCstNode extends CstNode {
  name: "weights";
  children: WeightsCstChildren;
}

export type WeightsCstChildren = {
  Weights: IToken[];
  Name: IToken[];
  mapRows: MapRowsCstNode[];
};

export interface MapRowsCstNode extends CstNode {
  name: "mapRows";
  children: MapRowsCstChildren;
}

export type MapRowsCstChildren = {
  LBrace: IToken[];
  sourceConvention?: SourceConventionCstNode[];
  header: HeaderCstNode[];
  row?: RowCstNode[];
  RBrace: IToken[];
};

export interface SourceConventionCstNode extends CstNode {
  name: "sourceConvention";
  children: SourceConventionCstChildren;
}

export type SourceConventionCstChildren = {
  Convention: IToken[];
  Name: (IToken)[];
  Colon: IToken[];
  args?: ArgsCstNode[];
  For?: IToken[];
  variantName?: (VariantNameCstNode)[];
  Comma?: IToken[];
};

export interface VariantNameCstNode extends CstNode {
  name: "variantName";
  children: VariantNameCstChildren;
}

export type VariantNameCstChildren = {
  Name?: IToken[];
  Number?: IToken[];
};

export interface ChainCstNode extends CstNode {
  name: "chain";
  children: ChainCstChildren;
}

export type ChainCstChildren = {
  expression: (ExpressionCstNode)[];
  If?: IToken[];
  Else?: IToken[];
  Arrow?: IToken[];
  step?: StepCstNode[];
};

export interface StepCstNode extends CstNode {
  name: "step";
  children: StepCstChildren;
}

export type StepCstChildren = {
  sharing?: SharingCstNode[];
  Name: (IToken)[];
  Colon?: IToken[];
  args?: ArgsCstNode[];
  tail: TailCstNode[];
};

export interface SharingCstNode extends CstNode {
  name: "sharing";
  children: SharingCstChildren;
}

export type SharingCstChildren = {
  Share: IToken[];
  args?: ArgsCstNode[];
};

export interface TailCstNode extends CstNode {
  name: "tail";
  children: TailCstChildren;
}

export type TailCstChildren = {
  LBrace?: IToken[];
  Name?: IToken[];
  RBrace?: IToken[];
  rows?: RowsCstNode[];
  If?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface ArgsCstNode extends CstNode {
  name: "args";
  children: ArgsCstChildren;
}

export type ArgsCstChildren = {
  LParen: IToken[];
  arg?: (ArgCstNode)[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface ArgCstNode extends CstNode {
  name: "arg";
  children: ArgCstChildren;
}

export type ArgCstChildren = {
  Name?: IToken[];
  Colon?: IToken[];
  chain: ChainCstNode[];
};

export interface RowsCstNode extends CstNode {
  name: "rows";
  children: RowsCstChildren;
}

export type RowsCstChildren = {
  LBrace: IToken[];
  header: HeaderCstNode[];
  row?: RowCstNode[];
  RBrace: IToken[];
};

export interface HeaderCstNode extends CstNode {
  name: "header";
  children: HeaderCstChildren;
}

export type HeaderCstChildren = {
  RowStart: IToken[];
  word: (WordCstNode)[];
  Bar?: IToken[];
  RowEnd: IToken[];
};

export interface WordCstNode extends CstNode {
  name: "word";
  children: WordCstChildren;
}

export type WordCstChildren = {
  Word: IToken[];
};

export interface RowCstNode extends CstNode {
  name: "row";
  children: RowCstChildren;
}

export type RowCstChildren = {
  RowStart: IToken[];
  cell?: (CellCstNode)[];
  Bar?: IToken[];
  RowEnd: IToken[];
};

export interface CellCstNode extends CstNode {
  name: "cell";
  children: CellCstChildren;
}

export type CellCstChildren = {
  chain: (ChainCstNode)[];
  Comma?: IToken[];
};

export interface ExpressionCstNode extends CstNode {
  name: "expression";
  children: ExpressionCstChildren;
}

export type ExpressionCstChildren = {
  operand: (OperandCstNode)[];
  Operator?: IToken[];
};

export interface OperandCstNode extends CstNode {
  name: "operand";
  children: OperandCstChildren;
}

export type OperandCstChildren = {
  Minus?: IToken[];
  Not?: IToken[];
  atom: AtomCstNode[];
  LBracket?: IToken[];
  expression?: ExpressionCstNode[];
  RBracket?: IToken[];
  Property?: IToken[];
};

export interface AtomCstNode extends CstNode {
  name: "atom";
  children: AtomCstChildren;
}

export type AtomCstChildren = {
  Number?: IToken[];
  String?: IToken[];
  True?: IToken[];
  False?: IToken[];
  reference?: ReferenceCstNode[];
  parenthesised?: ParenthesisedCstNode[];
  list?: ListCstNode[];
  choice?: ChoiceCstNode[];
};

export interface ReferenceCstNode extends CstNode {
  name: "reference";
  children: ReferenceCstChildren;
}

export type ReferenceCstChildren = {
  Name: IToken[];
  args?: ArgsCstNode[];
};

export interface ParenthesisedCstNode extends CstNode {
  name: "parenthesised";
  children: ParenthesisedCstChildren;
}

export type ParenthesisedCstChildren = {
  LParen: IToken[];
  chain: ChainCstNode[];
  RParen: IToken[];
};

export interface ListCstNode extends CstNode {
  name: "list";
  children: ListCstChildren;
}

export type ListCstChildren = {
  LBracket: IToken[];
  chain?: (ChainCstNode)[];
  For?: IToken[];
  Name?: (IToken)[];
  Comma?: (IToken)[];
  In?: IToken[];
  expression?: (ExpressionCstNode)[];
  RBracket: IToken[];
};

export interface ChoiceCstNode extends CstNode {
  name: "choice";
  children: ChoiceCstChildren;
}

export type ChoiceCstChildren = {
  LBrace: IToken[];
  Name?: IToken[];
  Colon?: IToken[];
  expression: (ExpressionCstNode)[];
  Comma?: IToken[];
  RBrace: IToken[];
};

export interface ICstNodeVisitor<IN, OUT> extends ICstVisitor<IN, OUT> {
  file(children: FileCstChildren, param?: IN): OUT;
  importDeclaration(children: ImportDeclarationCstChildren, param?: IN): OUT;
  block(children: BlockCstChildren, param?: IN): OUT;
  parameter(children: ParameterCstChildren, param?: IN): OUT;
  type(children: TypeCstChildren, param?: IN): OUT;
  statement(children: StatementCstChildren, param?: IN): OUT;
  returnStatement(children: ReturnStatementCstChildren, param?: IN): OUT;
  output(children: OutputCstChildren, param?: IN): OUT;
  requireStatement(children: RequireStatementCstChildren, param?: IN): OUT;
  assignment(children: AssignmentCstChildren, param?: IN): OUT;
  model(children: ModelCstChildren, param?: IN): OUT;
  modelParameter(children: ModelParameterCstChildren, param?: IN): OUT;
  convention(children: ConventionCstChildren, param?: IN): OUT;
  inputDeclaration(children: InputDeclarationCstChildren, param?: IN): OUT;
  auxiliary(children: AuxiliaryCstChildren, param?: IN): OUT;
  maximize(children: MaximizeCstChildren, param?: IN): OUT;
  scaling(children: ScalingCstChildren, param?: IN): OUT;
  scalingEntry(children: ScalingEntryCstChildren, param?: IN): OUT;
  variants(children: VariantsCstChildren, param?: IN): OUT;
  table(children: TableCstChildren, param?: IN): OUT;
  section(children: SectionCstChildren, param?: IN): OUT;
  weights(children: WeightsCstChildren, param?: IN): OUT;
  mapRows(children: MapRowsCstChildren, param?: IN): OUT;
  sourceConvention(children: SourceConventionCstChildren, param?: IN): OUT;
  variantName(children: VariantNameCstChildren, param?: IN): OUT;
  chain(children: ChainCstChildren, param?: IN): OUT;
  step(children: StepCstChildren, param?: IN): OUT;
  sharing(children: SharingCstChildren, param?: IN): OUT;
  tail(children: TailCstChildren, param?: IN): OUT;
  args(children: ArgsCstChildren, param?: IN): OUT;
  arg(children: ArgCstChildren, param?: IN): OUT;
  rows(children: RowsCstChildren, param?: IN): OUT;
  header(children: HeaderCstChildren, param?: IN): OUT;
  word(children: WordCstChildren, param?: IN): OUT;
  row(children: RowCstChildren, param?: IN): OUT;
  cell(children: CellCstChildren, param?: IN): OUT;
  expression(children: ExpressionCstChildren, param?: IN): OUT;
  operand(children: OperandCstChildren, param?: IN): OUT;
  atom(children: AtomCstChildren, param?: IN): OUT;
  reference(children: ReferenceCstChildren, param?: IN): OUT;
  parenthesised(children: ParenthesisedCstChildren, param?: IN): OUT;
  list(children: ListCstChildren, param?: IN): OUT;
  choice(children: ChoiceCstChildren, param?: IN): OUT;
}
