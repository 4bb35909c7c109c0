import { parseSync } from 'vite';

/** One small change of a source file. */
export interface Mutant {
  /** The range of the text that is replaced, in UTF-16 units. */
  readonly start: number;
  readonly end: number;
  readonly replacement: string;
}

interface Node {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly [field: string]: unknown;
}

const swappedOperators: Readonly<Record<string, string>> = {
  '<': '<=',
  '<=': '<',
  '>': '>=',
  '>=': '>',
  '===': '!==',
  '!==': '===',
  '+': '-',
  '-': '+',
  '*': '/',
  '/': '*',
  '&&': '||',
  '||': '&&',
};

const swappedFunctions: Readonly<Record<string, string>> = {
  'Math.min': 'Math.max',
  'Math.max': 'Math.min',
  'Math.ceil': 'Math.floor',
  'Math.floor': 'Math.ceil',
  'Math.round': 'Math.floor',
};

/**
 * The mutants of a TypeScript file: an operator replaced by its neighbour, a number changed by one, a boolean negated, a
 * condition's branches or two neighbouring statements swapped, a call whose value is not used left out. Types are not changed.
 * @throws where the text does not parse
 */
export function mutantsOf(file: string, text: string): readonly Mutant[] {
  const { program, errors } = parseSync(file, text, { lang: 'ts' });
  if (errors.length > 0) throw new Error(`${file} does not parse: ${errors[0]?.message}`);
  const found: Mutant[] = [];
  const textOf = (node: Node) => text.slice(node.start, node.end);
  const replace = (node: Node, replacement: string) => found.push({ start: node.start, end: node.end, replacement });

  const visit = (node: Node): void => {
    if (node.type.startsWith('TSType') || node.type.startsWith('TSInterface') || node.type === 'ImportDeclaration')
      return;
    switch (node.type) {
      case 'BinaryExpression':
      case 'LogicalExpression':
        mutateOperator(node);
        break;
      case 'UnaryExpression':
        if (node.operator === '!') replace(node, textOf(node.argument as Node));
        break;
      case 'ConditionalExpression': {
        const [test, yes, no] = [node.test, node.consequent, node.alternate].map((part) => textOf(part as Node));
        replace(node, `${test} ? ${no} : ${yes}`);
        break;
      }
      case 'Literal':
        if (typeof node.value === 'number') replace(node, String(node.value === 1 ? 0 : node.value + 1));
        if (typeof node.value === 'boolean') replace(node, String(!node.value));
        break;
      case 'MemberExpression': {
        const other = swappedFunctions[textOf(node)];
        if (other) replace(node, other);
        break;
      }
      case 'ExpressionStatement':
        if (isCall(node.expression as Node)) replace(node, ';');
        break;
      case 'BlockStatement':
        exchangeNeighbours(node.body as readonly Node[]);
        break;
    }
    for (const child of childrenOf(node)) visit(child);
  };

  /** Two calls whose values are not used, one after the other: their order often matters (files, renames). */
  function exchangeNeighbours(statements: readonly Node[]): void {
    for (const [at, first] of statements.entries()) {
      const second = statements[at + 1];
      if (!second || !isEffect(first) || !isEffect(second)) continue;
      const between = text.slice(first.end, second.start);
      found.push({
        start: first.start,
        end: second.end,
        replacement: textOf(second) + between + textOf(first),
      });
    }
  }

  function mutateOperator(node: Node): void {
    const [left, right] = [node.left as Node, node.right as Node];
    const other = swappedOperators[node.operator as string];
    if (!other || (node.operator === '+' && [left, right].some(isText))) return;
    const at = text.indexOf(node.operator as string, left.end);
    found.push({ start: at, end: at + (node.operator as string).length, replacement: other });
  }

  visit(program as unknown as Node);
  return found.sort((a, b) => a.start - b.start || a.end - b.end);
}

function isCall(node: Node): boolean {
  return node.type === 'CallExpression' || (node.type === 'AwaitExpression' && isCall(node.argument as Node));
}

function isEffect(node: Node): boolean {
  return node.type === 'ExpressionStatement' && isCall(node.expression as Node);
}

function isText(node: Node): boolean {
  return node.type === 'TemplateLiteral' || (node.type === 'Literal' && typeof node.value === 'string');
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node)
    .flat()
    .filter(
      (value): value is Node => typeof value === 'object' && value !== null && 'type' in value && 'start' in value,
    );
}
