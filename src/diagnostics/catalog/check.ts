import { error, info, warning } from './entry.ts';

/** What can be known to be wrong without building a network. */
export const checkDiagnostics = {
  'unknown-name': error<{ name: string; hint: string }>(
    (a) => `nothing here is called '${a.name}'${a.hint}`,
    `A name must be a parameter, a value bound above, a section above (in models), something that the file declares or imports, or one of the language's own ops, functions and activations. Names are bound once, and only below.`,
  ),
  'not-callable': error<{ name: string; what: string }>(
    (a) => `'${a.name}' is ${a.what}; only a block, an op or an activation can be a step`,
    `A step names something that takes tensors and gives tensors: an op such as \`Conv\`, a block, a model, an activation, or a parameter of type \`block\` or \`activation\`.`,
  ),
  'not-a-function': error<{ name: string; what: string }>(
    (a) => `'${a.name}' is ${a.what} and takes no arguments`,
    `Only blocks, ops and functions are called with parentheses.`,
  ),
  'scaling-outside-model': error<{ name: string }>(
    (a) => `'${a.name}' scales a model; a block takes the scaled number as a parameter`,
    `\`d(n)\`, \`w(n)\` and \`r(n)\` exist in models only, so that a block means the same wherever it is used:

    stem: ConvBnAct(w(32), kernel: 3, stride: 2)`,
  ),
  'unknown-parameter': error<{ callee: string; name: string; hint: string }>(
    (a) => `'${a.callee}' has no parameter '${a.name}'${a.hint}`,
    `Arguments with a name go to the parameter of that name.`,
  ),
  'duplicate-argument': error<{ name: string }>(
    (a) => `'${a.name}' is given twice`,
    `Each parameter takes one argument.`,
  ),
  'tensor-given-twice': error<{ name: string }>(
    (a) => `the tensor '${a.name}' already comes from the chain`,
    `\`x -> Add(y)\` is \`Add(x, y)\`: what the chain carries fills the first tensor parameters.`,
  ),
  'too-many-arguments': error<{ callee: string; takes: number; names: string; given: number }>(
    (a) =>
      `'${a.callee}' takes ${a.takes} argument${a.takes === 1 ? '' : 's'} here${a.names ? ` (${a.names})` : ''}, not ${a.given}`,
    `The tensors of the chain fill the first tensor parameters; the arguments fill the others in their order.`,
  ),
  'too-many-tensors': error<{ callee: string; takes: number; given: number; arguments?: number }>(
    (a) =>
      a.arguments === undefined
        ? `'${a.callee}' takes ${a.takes} tensor${a.takes === 1 ? '' : 's'}; ${a.given} come${a.given === 1 ? 's' : ''} from the chain`
        : `'${a.callee}' takes ${a.takes} tensor${a.takes === 1 ? '' : 's'}; its arguments give ${a.arguments}${a.given > 0 ? ` and the chain ${a.given} more` : ''}`,
    `Several tensors travel together; a step takes as many as it has tensor parameters. Bind them to names and use the ones you want: \`last, _ = stages\`. In a chain, \`x -> Step(y)\` is \`Step(x, y)\`: what the chain brings is always taken, and stands first.`,
  ),
  'tensors-before': warning<{ callee: string; before: string }>(
    (a) => `'${a.callee}' takes only the tensors given here; earlier versions took '${a.before}' from before as well`,
    `The first step of a section takes the section before it (or the inputs) only where its arguments give no tensors: \`sum: Add(a, b)\` is a + b. Earlier versions read it as the section before + a + b. \`enetc check --fix\` writes that old meaning out, \`sum: before -> Add(a, b)\`. If a + b is meant, nothing has to change; \`sum: a -> Add(b)\` says the same in all versions, and without this warning, which the next version will not have.`,
  ),
  'missing-argument': error<{ callee: string; name: string }>(
    (a) => `'${a.callee}' needs '${a.name}', which has no default`,
    `A parameter without a default must be given.`,
  ),
  'one-argument-of': error<{ callee: string; names: string; given: string }>(
    (a) => `'${a.callee}' takes either ${a.names}, and ${a.given === 'both' ? 'both are' : 'neither is'} given`,
    `Some parameters of an op state the same thing in two ways: a call gives exactly one of them.`,
  ),
  'missing-tensor': error<{ callee: string; name: string }>(
    (a) => `'${a.callee}' needs the tensor '${a.name}', which neither the chain nor an argument gives`,
    `A step takes its tensors from the chain, \`x -> Step\`, or as its first arguments, \`Step(x)\`. \`Add\`, \`Mul\` and \`Concat\` take two at least, or a list: \`Add([x])\` is x.`,
  ),
  'wrong-type': error<{ expected: string; found: string; what: string }>(
    (a) => `${a.what} must be ${a.expected}, not ${a.found}`,
    `Types: \`int\` (a whole number), \`real\`, \`bool\`, \`activation\`, \`block\`, \`table\`, lists of them (\`int[]\`), and tensors, which have no type written.`,
  ),
  'not-whole': error<{ what: string; value: number }>(
    (a) => `${a.what} must be a whole number, not ${a.value}`,
    `There is one kind of number; \`int\` accepts whole values only. \`floor\`, \`ceil\` and \`round\` make one.`,
  ),
  'expression-too-deep': error<{ limit: number }>(
    (a) => `expressions are nested more than ${a.limit} deep`,
    `A bound that keeps evaluation safe. Name an inner part: \`hidden = ...\`.`,
  ),
  'unnamed-setting': error<{ callee: string; names: string }>(
    (a) => `'${a.callee}' takes settings by name: ${a.names}`,
    `Write the name before the value: \`convention torch(epsilon: 1e-3)\`, \`input image: [3, 224, 224] (mean: [0.5, 0.5, 0.5])\`.`,
  ),
  'unknown-type': error<{ name: string; hint: string }>(
    (a) => `'${a.name}' is not a type${a.hint}`,
    `Types are \`int\`, \`real\`, \`bool\`, \`activation\`, \`block\` and \`table\`, each also as a list: \`int[]\`. A parameter without a type is a tensor.`,
  ),
  'duplicate-name': error<{ name: string }>(
    (a) => `'${a.name}' is bound twice`,
    `Every name is bound once; \`_\` discards a value. In a model, parameters, tables, sections and values share one namespace.`,
  ),
  'conditional-chain': error<object>(
    () => "an arrow follows 'else': parentheses have to state which value the steps are for",
    `\`(a if wide else b) -> Step\` applies the step to the value that is chosen, \`a if wide else (b -> Step)\` only to b.`,
  ),
  'duplicate-label': error<{ name: string }>(
    (a) => `the label '${a.name}' is used twice here`,
    `Labels make the paths of parameters (\`stages.4.1.expand.conv\`), so each belongs to one step of its block or section. Several steps share a label only if their conditions exclude each other as they are written: \`if wide\` and \`if not wide\`, \`if n == 1\` and \`if n == 2\`, \`if n < 2\` and \`if n >= 4\`.`,
  ),
  'missing-label': error<{ callee: string; labelled: string }>(
    (a) => `'${a.callee}' owns parameters, so this step needs a label: '${a.labelled}'`,
    `Labels make the paths of parameters. Every step that owns parameters has one, except the first of a section, whose path is the section's.`,
  ),
  'return-missing': error<{ name: string }>(
    (a) => `the block '${a.name}' returns nothing: end it with 'return'`,
    `A block ends with \`return\` and gives at least one tensor.`,
  ),
  'return-not-last': error<object>(
    () => "'return' is not the last statement",
    `What follows a \`return\` could never matter. There are no early returns.`,
  ),
  'named-block-output': error<object>(
    () => 'only a model names its outputs',
    `A block's outputs are taken by order: \`a, b = Block(x)\`. In a model, \`return c3: stages.2, c5: stages.6\` names them.`,
  ),
  'recursive-block': error<{ cycle: string }>(
    (a) => `blocks contain each other: ${a.cycle}`,
    `A block may not contain itself, directly or through others: a network is finite. Repetition is a table's \`repeat\` column.`,
  ),
  'duplicate-member': error<{ what: string }>(
    (a) => `a model has one '${a.what}'`,
    `\`convention\`, \`scaling\`, \`variants\`, \`maximize\` and \`return\` stand at most once in a model.`,
  ),
  'mixed-conventions': error<{ first: string; second: string }>(
    (a) => `the model states two conventions, '${a.first}' and '${a.second}'`,
    `A convention says how a framework pads and normalises; a network has one. A single op can differ: \`padding: same\`, \`epsilon: 1e-5\`.`,
  ),
  'unknown-convention': error<{ name: string; hint: string }>(
    (a) => `'${a.name}' is not a convention (there are 'tf' and 'torch')${a.hint}`,
    `\`tf\`: SAME padding from the input's size with the odd pixel at the bottom and right, epsilon 1e-3, momentum 0.99, means that do not count padding. \`torch\`: symmetric padding, epsilon 1e-5, momentum 0.9, means that count it.`,
  ),
  'no-input': error<{ name: string }>(
    (a) => `the model '${a.name}' has no input: add one, such as 'input image: [3, 224, 224]'`,
    `A model says what it takes: \`input image: [3, 224, 224]\` (channels, height, width; the batch is symbolic).`,
  ),
  'no-section': error<{ name: string }>(
    (a) => `the model '${a.name}' has no sections and returns nothing: add one, such as 'stem: Conv(32, 3)'`,
    `A model is made of sections: \`stem: ConvBnAct(32)\`.`,
  ),
  'duplicate-column': error<{ name: string }>(
    (a) => `the column '${a.name}' appears twice`,
    `Each column of a table is one parameter.`,
  ),
  'unknown-column': error<{ name: string; where: string; hint: string }>(
    (a) => `no ${a.where} '${a.name}'${a.hint}`,
    `The columns of a stage table are the parameters of its blocks, besides \`name\`, \`block\`, \`repeat\` and \`stride\`. The columns of \`variants\` are \`name\`, \`phi\`, \`d\`, \`w\`, \`r\` and the model's parameters.`,
  ),
  'missing-column': error<{ name: string; block: string }>(
    (a) => `'${a.block}' needs '${a.name}': the table has no such column and no argument gives it`,
    `A parameter without a default must come from a column or from the arguments before the table.`,
  ),
  'missing-cell': error<{ name: string; block: string }>(
    (a) => `'${a.block}' needs a value for '${a.name}'`,
    `An empty cell leaves a parameter at its default; this one has none.`,
  ),
  'cell-not-taken': error<{ name: string; block: string }>(
    (a) => `'${a.block}' has no parameter '${a.name}'; its cell must be empty`,
    `Rows may build different blocks. A cell for a parameter that the row's block lacks is left empty: \`| SeparableConv | 1 | | \`.`,
  ),
  'argument-not-taken': error<{ name: string; hint: string }>(
    (a) => `no row's block has a parameter '${a.name}'${a.hint}`,
    `Arguments before a table go to the rows whose block takes them; at least one must.`,
  ),
  'cell-count': error<{ cells: number; columns: number }>(
    (a) => `the row has ${a.cells} cell${a.cells === 1 ? '' : 's'}, the header ${a.columns}`,
    `Every row has a cell for each column of the header; an empty cell is two bars with nothing between.`,
  ),
  'cell-values': error<{ column: string }>(
    (a) => `a cell of '${a.column}' takes one value`,
    `Values with commas go to a row's blocks in their order; \`repeat\`, \`name\` and the columns of \`variants\` have one value.`,
  ),
  'empty-table': error<object>(() => 'the table has no rows', `A stage table builds a block for each row.`),
  'duplicate-row': error<{ name: string }>(
    (a) => `two rows are called '${a.name}'`,
    `The names of rows make paths (and \`--variant\` finds its row by them), so each is unique.`,
  ),
  'duplicate-phi': error<{ phi: number }>((a) => `two variants have phi ${a.phi}`, `\`--phi\` must mean one row.`),
  'choice-outside-cell': error<{ hint: string }>(
    (a) => `a choice stands only in the cell of a stage table${a.hint}`,
    `\`{3, 5}\` in a cell is one decision of a search space, made once for its row. \`--set stages.2.kernel=5\` settles it.`,
  ),
  'choices-of-one-name': error<{ name: string; options: string }>(
    (a) => `the choice '${a.name}' has other options here: where it stands first they are ${a.options}`,
    `Choices with one name, \`{kernel: 3, 5}\`, are one decision, so each of them states the same options in the same words and order. Give this one a name of its own, or none.`,
  ),
  'string-outside-weights': error<object>(
    () => 'strings stand only in imports and in the cells of weight maps',
    `The language computes with numbers, bools, activations, blocks, tables and tensors.`,
  ),
  'shared-without-label': error<{ callee: string }>(
    (a) => `'share' stands before a label: 'share name: ${a.callee}'`,
    `All uses of a shared step have one set of parameters, which are named after its label: \`-> share head: Head(8)\`.`,
  ),
  'shared-once': warning<{ name: string }>(
    (a) => `'share ${a.name}' has one use: there is nothing that it shares`,
    `The uses of a shared step are the elements of a comprehension, or steps with the same label in one block or one model: \`left: a -> share trunk: Trunk\`, \`right: b -> share trunk: Trunk\`.`,
  ),
  'share-settings': error<object>(
    () => `'share' takes one setting: 'share(norms: separate)'`,
    `With \`share(norms: separate)\` each use of the step has batch norms of its own; everything else is shared.`,
  ),
  'tensor-type': error<{ name: string }>(
    (a) => `'${a.name}' is a tensor without a type; 'tensor[]' takes any number of them`,
    `A block's parameter without a type is one tensor: \`block B(x, channels: int)\`. Only a list of them has a type: \`block B(xs: tensor[])\`.`,
  ),
  'tensor-list-place': error<{ name: string }>(
    (a) => `'${a.name}: tensor[]' must be the last tensor parameter of a block`,
    `The tensors of a chain fill the tensor parameters in order, and the list takes all that are left: \`block B(x, others: tensor[], channels: int)\`. A model takes its tensors through its inputs.`,
  ),
  'unknown-property': error<{ name: string; of: string; hint: string }>(
    (a) => `${a.of} has no '${a.name}'${a.hint}`,
    `A tensor has \`channels\`, \`height\` and \`width\`. What follows the name of a section is the path of a step in it: a row (\`stages.c2\`), a block of a row with a \`repeat\` (\`stages.c2.0\`), a label (\`stages.c2.0.expand\`).`,
  ),
  'wrong-argument-count': error<{ name: string; takes: string; given: number }>(
    (a) => `'${a.name}' takes ${a.takes}, not ${a.given}`,
    `\`round(x, m)\`, \`round_filters(x, m)\`, \`ceil(x)\`, \`floor(x)\`, \`min(...)\`, \`max(...)\`, and in models \`d(n)\`, \`w(n)\`, \`r(n)\`.`,
  ),
  'unknown-scaling': error<{ name: string }>(
    (a) => `'${a.name}' cannot be scaled; 'scaling' defines d, w, r and their roundings d(n), w(n), r(n)`,
    `\`d = 1.2 ^ phi\` is a factor; \`w(n) = round(n * w, 8)\` says how numbers take it on.`,
  ),
  'tuple-size': error<{ names: number; values: number }>(
    (a) => `${a.names} name${a.names === 1 ? '' : 's'} for ${a.values} value${a.values === 1 ? '' : 's'}`,
    `\`left, right = Split(x, 2)\`: as many names as tensors; \`_\` discards one.`,
  ),
  'variant-without-name': error<object>(
    () => "the table of variants has no column 'name'",
    `A variant is chosen by its name: \`--variant b3\`.`,
  ),
  'reserved-name': error<{ name: string }>(
    (a) => `'${a.name}' has a meaning of its own here; choose another name`,
    `In models \`d\`, \`w\` and \`r\` scale numbers, and \`phi\` and \`variant\` choose a point of the family.`,
  ),
  'unused-parameter': warning<{ name: string }>(
    (a) => `the parameter '${a.name}' is not used`,
    `Nothing in the model or block reads it, so setting it changes nothing.`,
  ),
  'unused-value': warning<{ name: string }>(
    (a) => `'${a.name}' is bound but not used`,
    `What the outputs do not reach is not built. Use \`_\` for a tensor that is discarded.`,
  ),
  'rounded-filters': warning<{ written: number; rounded: number }>(
    (a) => `w(${a.written}) is ${a.rounded} even at width 1, for filters are rounded to multiples of 8`,
    `The default rounding gives multiples of 8, so the written number never appears. Write the rounded one, or say \`scaling { w(n) = ... }\`.`,
  ),
  'more-problems': info<{ count: number; file: string }>(
    (a) => `${a.count} more ${a.count === 1 ? 'problem' : 'problems'} in ${a.file} not shown`,
    `Of one file the first 100 errors and the first 100 warnings are shown. Fix these first: often they have one cause.`,
  ),
  'unknown-weights-model': error<{ name: string; hint: string }>(
    (a) => `a weight map is for a model of this file or an imported one; there is no '${a.name}'${a.hint}`,
    `\`weights EfficientNet { ... }\` maps the paths of the model EfficientNet to the names in checkpoints.`,
  ),
  'weights-columns': error<object>(
    () => "the first column of a weight map is 'path', the others name kinds of checkpoints",
    `\`| path | timm | torchvision |\`: the paths of this model, and what each kind of checkpoint calls them.`,
  ),
  'unknown-weights-column': error<{ name: string; hint: string }>(
    (a) => `the weight map has no column '${a.name}'${a.hint}`,
    `\`convention torchvision: torch(epsilon: 1e-3)\` says what the weights of the column \`torchvision\` were trained under. The column stands in the table below it.`,
  ),
  'duplicate-source-convention': error<{ column: string; name: string; variant: string }>(
    (a) => `the convention '${a.name}' of '${a.column}'${a.variant && ` for ${a.variant}`} is stated twice`,
    `A column of a weight map has one \`tf\` and one \`torch\` convention at most for each variant, and one of each for all variants that no line names.`,
  ),
  'weights-cell': error<object>(
    () => 'a cell of a weight map is a path, a string, or several with commas',
    `\`blocks.*.*.bn1\`, or in quotes where a star stands inside a word: \`"layer*.*.bn1"\`. A comma joins the parts of a grouped convolution.`,
  ),
  'star-count': error<{ path: number; pattern: number }>(
    (a) => `the path has ${a.path} star${a.path === 1 ? '' : 's'}, the pattern none: many modules cannot be one`,
    `Stars pair by order: the n-th module that the path names here is the n-th that the pattern names in the checkpoint. The numbers of stars may differ (\`stages.*.*\` and \`_blocks.*\`), but a path with stars needs a pattern with some.`,
  ),
} as const;
