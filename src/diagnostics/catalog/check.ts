import { error, info, warning } from './entry.ts';

/** Errors found without building a network. */
export const checkDiagnostics = {
  'unknown-name': error<{ name: string; hint: string }>(
    (a) => `nothing here is called '${a.name}'${a.hint}`,
    `A name must be a parameter, a value bound above, a section above (in models), a declaration or an import of the file, or one of the built-in ops, functions and activations. A name is bound once and is visible only below that line.`,
  ),
  'not-callable': error<{ name: string; what: string }>(
    (a) => `'${a.name}' is ${a.what}; only a block, an op or an activation can be a step`,
    `A step names something that takes tensors and returns tensors: an op such as \`Conv\`, a block, a model, an activation, or a parameter of type \`block\` or \`activation\`.`,
  ),
  'not-a-function': error<{ name: string; what: string }>(
    (a) => `'${a.name}' is ${a.what} and takes no arguments`,
    `Only blocks, ops and functions are called with parentheses.`,
  ),
  'scaling-outside-model': error<{ name: string }>(
    (a) => `'${a.name}' scales a model; a block takes the scaled number as a parameter`,
    `\`d(n)\`, \`w(n)\` and \`r(n)\` exist only in models, so a block means the same wherever it is used:

    stem: ConvBnAct(w(32), kernel: 3, stride: 2)`,
  ),
  'unknown-parameter': error<{ callee: string; name: string; hint: string }>(
    (a) => `'${a.callee}' has no parameter '${a.name}'${a.hint}`,
    `A named argument sets the parameter of that name.`,
  ),
  'duplicate-argument': error<{ name: string }>(
    (a) => `'${a.name}' is given twice`,
    `Each parameter takes one argument.`,
  ),
  'tensor-given-twice': error<{ name: string }>(
    (a) => `the chain already provides the tensor '${a.name}'`,
    `\`x -> Add(y)\` is \`Add(x, y)\`: the tensors of the chain fill the first tensor parameters.`,
  ),
  'too-many-arguments': error<{ callee: string; takes: number; names: string; given: number }>(
    (a) =>
      `'${a.callee}' takes ${a.takes} argument${a.takes === 1 ? '' : 's'} here${a.names ? ` (${a.names})` : ''}, not ${a.given}`,
    `The tensors of the chain fill the first tensor parameters; the arguments fill the other parameters in order.`,
  ),
  'too-many-tensors': error<{ callee: string; takes: number; given: number; arguments?: number }>(
    (a) =>
      a.arguments === undefined
        ? `'${a.callee}' takes ${a.takes} tensor${a.takes === 1 ? '' : 's'}; ${a.given} come${a.given === 1 ? 's' : ''} from the chain`
        : `'${a.callee}' takes ${a.takes} tensor${a.takes === 1 ? '' : 's'}; its arguments provide ${a.arguments}${a.given > 0 ? ` and the chain ${a.given} more` : ''}`,
    `A chain can carry several tensors; a step takes as many as it has tensor parameters. Bind them to names and use the ones you want: \`last, _ = stages\`. In a chain, \`x -> Step(y)\` is \`Step(x, y)\`: the chain's tensors are always taken and come first.`,
  ),
  'tensors-before': warning<{ callee: string; before: string }>(
    (a) => `'${a.callee}' takes only the tensors given here; earlier versions also took the preceding '${a.before}'`,
    `The first step of a section takes the preceding section (or the inputs) only if its arguments contain no tensors: \`sum: Add(a, b)\` is a + b. Earlier versions added the preceding section too. \`enetc check --fix\` writes out that old meaning, \`sum: before -> Add(a, b)\`. If a + b is meant, nothing has to change; \`sum: a -> Add(b)\` means the same in all versions and avoids this warning, which the next version will drop.`,
  ),
  'missing-argument': error<{ callee: string; name: string }>(
    (a) => `'${a.callee}' needs '${a.name}', which has no default`,
    `A parameter without a default must be given.`,
  ),
  'one-argument-of': error<{ callee: string; names: string; given: string }>(
    (a) => `'${a.callee}' takes either ${a.names}, but ${a.given === 'both' ? 'both are' : 'neither is'} given`,
    `Some parameters of an op express the same thing in two ways: a call gives exactly one of them.`,
  ),
  'missing-tensor': error<{ callee: string; name: string }>(
    (a) => `'${a.callee}' needs the tensor '${a.name}', which neither the chain nor an argument provides`,
    `A step takes its tensors from the chain, \`x -> Step\`, or as its first arguments, \`Step(x)\`. \`Add\`, \`Mul\` and \`Concat\` take at least two, or a list: \`Add([x])\` is x.`,
  ),
  'wrong-type': error<{ expected: string; found: string; what: string }>(
    (a) => `${a.what} must be ${a.expected}, not ${a.found}`,
    `Types: \`int\` (a whole number), \`real\`, \`bool\`, \`activation\`, \`block\`, \`table\`, lists of them (\`int[]\`), and tensors, whose type is not written.`,
  ),
  'not-whole': error<{ what: string; value: number }>(
    (a) => `${a.what} must be a whole number, not ${a.value}`,
    `There is one kind of number; \`int\` accepts only whole values. \`floor\`, \`ceil\` and \`round\` produce one.`,
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
    () => "an arrow follows 'else': use parentheses to show which value the steps apply to",
    `\`(a if wide else b) -> Step\` applies the step to the chosen value, \`a if wide else (b -> Step)\` only to b.`,
  ),
  'duplicate-label': error<{ name: string }>(
    (a) => `the label '${a.name}' is used twice here`,
    `Labels make the paths of parameters (\`stages.4.1.expand.conv\`), so each belongs to one step of its block or section. Steps may share a label only if their conditions, as written, exclude each other: \`if wide\` and \`if not wide\`, \`if n == 1\` and \`if n == 2\`, \`if n < 2\` and \`if n >= 4\`.`,
  ),
  'missing-label': error<{ callee: string; labelled: string }>(
    (a) => `'${a.callee}' owns parameters, so this step needs a label: '${a.labelled}'`,
    `Labels make the paths of parameters. Every step that owns parameters needs one, except the first of a section, which uses the section's path.`,
  ),
  'return-missing': error<{ name: string }>(
    (a) => `the block '${a.name}' returns nothing: end it with 'return'`,
    `A block ends with \`return\` and returns at least one tensor.`,
  ),
  'return-not-last': error<object>(
    () => "'return' is not the last statement",
    `Statements after a \`return\` would have no effect. There are no early returns.`,
  ),
  'named-block-output': error<object>(
    () => 'only a model names its outputs',
    `A block's outputs are taken in order: \`a, b = Block(x)\`. In a model, \`return c3: stages.2, c5: stages.6\` names them.`,
  ),
  'recursive-block': error<{ cycle: string }>(
    (a) => `blocks contain each other: ${a.cycle}`,
    `A block may not contain itself, directly or through others: a network is finite. For repetition, use a table's \`repeat\` column.`,
  ),
  'duplicate-member': error<{ what: string }>(
    (a) => `a model may have only one '${a.what}'`,
    `\`convention\`, \`scaling\`, \`variants\`, \`maximize\` and \`return\` occur at most once in a model.`,
  ),
  'mixed-conventions': error<{ first: string; second: string }>(
    (a) => `the model has two conventions, '${a.first}' and '${a.second}'`,
    `A convention is how a framework pads and normalises; a network has one. A single op can differ: \`padding: same\`, \`epsilon: 1e-5\`.`,
  ),
  'unknown-convention': error<{ name: string; hint: string }>(
    (a) => `'${a.name}' is not a convention (there are 'tf' and 'torch')${a.hint}`,
    `\`tf\`: SAME padding, computed from the input's size, with the odd pixel at the bottom and right; epsilon 1e-3, momentum 0.99, average pooling that does not count padding. \`torch\`: symmetric padding, epsilon 1e-5, momentum 0.9, average pooling that counts it.`,
  ),
  'no-input': error<{ name: string }>(
    (a) => `the model '${a.name}' has no input: add one, such as 'input image: [3, 224, 224]'`,
    `A model declares its inputs: \`input image: [3, 224, 224]\` (channels, height, width; the batch is symbolic).`,
  ),
  'no-section': error<{ name: string }>(
    (a) => `the model '${a.name}' has no sections and returns nothing: add one, such as 'stem: Conv(32, 3)'`,
    `A model consists of sections: \`stem: ConvBnAct(32)\`.`,
  ),
  'duplicate-column': error<{ name: string }>(
    (a) => `the column '${a.name}' appears twice`,
    `A table has one column per parameter.`,
  ),
  'unknown-column': error<{ name: string; where: string; hint: string }>(
    (a) => `no ${a.where} '${a.name}'${a.hint}`,
    `The columns of a stage table are \`name\`, \`block\`, \`repeat\`, \`stride\` and the parameters of its blocks. The columns of \`variants\` are \`name\`, \`phi\`, \`d\`, \`w\`, \`r\` and the model's parameters.`,
  ),
  'missing-column': error<{ name: string; block: string }>(
    (a) => `'${a.block}' needs '${a.name}': the table has no such column and no argument sets it`,
    `A parameter without a default must come from a column or from the arguments before the table.`,
  ),
  'missing-cell': error<{ name: string; block: string }>(
    (a) => `'${a.block}' needs a value for '${a.name}'`,
    `An empty cell leaves a parameter at its default; this one has none.`,
  ),
  'cell-not-taken': error<{ name: string; block: string }>(
    (a) => `'${a.block}' has no parameter '${a.name}'; its cell must be empty`,
    `Rows may use different blocks. Leave the cell empty if the row's block has no such parameter: \`| SeparableConv | 1 | | \`.`,
  ),
  'argument-not-taken': error<{ name: string; hint: string }>(
    (a) => `no block of the table has a parameter '${a.name}'${a.hint}`,
    `Arguments before a table go to the rows whose block takes them; at least one block must.`,
  ),
  'cell-count': error<{ cells: number; columns: number }>(
    (a) => `the row has ${a.cells} cell${a.cells === 1 ? '' : 's'}, the header ${a.columns}`,
    `Every row has one cell per column of the header; an empty cell is two bars with nothing between them.`,
  ),
  'cell-values': error<{ column: string }>(
    (a) => `a cell in '${a.column}' takes one value`,
    `Values separated by commas go to the row's blocks in order; cells of \`repeat\`, \`name\` and \`variants\` hold one value.`,
  ),
  'empty-table': error<object>(() => 'the table has no rows', `A stage table builds its blocks from its rows.`),
  'duplicate-row': error<{ name: string }>(
    (a) => `two rows are called '${a.name}'`,
    `Row names become part of paths (and \`--variant\` finds its row by name), so they must be unique.`,
  ),
  'duplicate-phi': error<{ phi: number }>((a) => `two variants have phi ${a.phi}`, `\`--phi\` must mean one row.`),
  'choice-outside-cell': error<{ hint: string }>(
    (a) => `a choice is only allowed in a cell of a stage table${a.hint}`,
    `\`{3, 5}\` in a cell is one decision of a search space, made once for the row. \`--set stages.2.kernel=5\` settles it.`,
  ),
  'choices-of-one-name': error<{ name: string; options: string }>(
    (a) => `the choice '${a.name}' has other options here: its first use has ${a.options}`,
    `Choices with the same name, \`{kernel: 3, 5}\`, are one decision, so all of them list the same options, written the same way and in the same order. Give this one another name, or none.`,
  ),
  'string-outside-weights': error<object>(
    () => 'strings are only allowed in imports and in the cells of weight maps',
    `The language computes with numbers, bools, activations, blocks, tables and tensors.`,
  ),
  'shared-without-label': error<{ callee: string }>(
    (a) => `'share' needs a label: 'share name: ${a.callee}'`,
    `All uses of a shared step have the same parameters, which are named after its label: \`-> share head: Head(8)\`.`,
  ),
  'shared-once': warning<{ name: string }>(
    (a) => `'share ${a.name}' is used once, so nothing is shared`,
    `The uses of a shared step are the elements of a comprehension, or steps with the same label in one block or one model: \`left: a -> share trunk: Trunk\`, \`right: b -> share trunk: Trunk\`.`,
  ),
  'share-settings': error<object>(
    () => `'share' takes one setting: 'share(norms: separate)'`,
    `With \`share(norms: separate)\` each use of the step has its own batch norms; everything else is shared.`,
  ),
  'tensor-type': error<{ name: string }>(
    (a) => `'${a.name}' is a tensor without a type; 'tensor[]' takes any number of them`,
    `A block parameter without a type is one tensor: \`block B(x, channels: int)\`. Only a list of tensors has a type: \`block B(xs: tensor[])\`.`,
  ),
  'tensor-list-place': error<{ name: string }>(
    (a) => `'${a.name}: tensor[]' must be the last tensor parameter of a block`,
    `The tensors of a chain fill the tensor parameters in order, and the list takes the rest: \`block B(x, others: tensor[], channels: int)\`. A model takes its tensors through its inputs.`,
  ),
  'unknown-property': error<{ name: string; of: string; hint: string }>(
    (a) => `${a.of} has no '${a.name}'${a.hint}`,
    `A tensor has \`channels\`, \`height\` and \`width\`. The name of a section may be followed by the path of a step in it: a row (\`stages.c2\`), a block of a row with a \`repeat\` (\`stages.c2.0\`), a label (\`stages.c2.0.expand\`).`,
  ),
  'wrong-argument-count': error<{ name: string; takes: string; given: number }>(
    (a) => `'${a.name}' takes ${a.takes}, not ${a.given}`,
    `\`round(x, m)\`, \`round_filters(x, m)\`, \`ceil(x)\`, \`floor(x)\`, \`min(...)\`, \`max(...)\`, and in models \`d(n)\`, \`w(n)\`, \`r(n)\`.`,
  ),
  'unknown-scaling': error<{ name: string }>(
    (a) => `'scaling' cannot define '${a.name}', only d, w, r and their roundings d(n), w(n), r(n)`,
    `\`d = 1.2 ^ phi\` is a factor; \`w(n) = round(n * w, 8)\` is how it is applied to a number.`,
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
    (a) => `'${a.name}' is reserved here; choose another name`,
    `In models, \`d\`, \`w\` and \`r\` scale numbers, and \`phi\` and \`variant\` choose a point of the family.`,
  ),
  'unused-parameter': warning<{ name: string }>(
    (a) => `the parameter '${a.name}' is not used`,
    `Nothing in the model or block reads it, so setting it changes nothing.`,
  ),
  'unused-value': warning<{ name: string }>(
    (a) => `'${a.name}' is bound but not used`,
    `Steps that no output depends on are not built. Use \`_\` for a tensor that is discarded.`,
  ),
  'rounded-filters': warning<{ written: number; rounded: number }>(
    (a) => `w(${a.written}) is ${a.rounded} even at width 1, because filters are rounded to multiples of 8`,
    `The default rounding produces multiples of 8, so the written number never appears. Write the rounded one, or define \`scaling { w(n) = ... }\`.`,
  ),
  'more-problems': info<{ count: number; file: string }>(
    (a) =>
      `${a.count} more ${a.count === 1 ? 'problem' : 'problems'} in ${a.file} ${a.count === 1 ? 'is' : 'are'} not shown`,
    `At most 100 errors and 100 warnings are shown per file. Fix these first: often they have one cause.`,
  ),
  'unknown-weights-model': error<{ name: string; hint: string }>(
    (a) => `a weight map needs a model that this file declares or imports; there is no '${a.name}'${a.hint}`,
    `\`weights EfficientNet { ... }\` maps the paths of the model EfficientNet to names in checkpoints.`,
  ),
  'weights-columns': error<object>(
    () => "the first column of a weight map is 'path'; the others name kinds of checkpoints",
    `\`| path | timm | torchvision |\`: the paths of this model, and what each kind of checkpoint calls them.`,
  ),
  'unknown-weights-column': error<{ name: string; hint: string }>(
    (a) => `the weight map has no column '${a.name}'${a.hint}`,
    `\`convention torchvision: torch(epsilon: 1e-3)\` is the convention that the weights of the column \`torchvision\` were trained under. The table below it must have that column.`,
  ),
  'duplicate-source-convention': error<{ column: string; name: string; variant: string }>(
    (a) => `the convention '${a.name}' of '${a.column}'${a.variant && ` for ${a.variant}`} is given twice`,
    `A column of a weight map has at most one \`tf\` and one \`torch\` convention per variant, and one of each for all variants that no line names.`,
  ),
  'weights-cell': error<object>(
    () => 'a cell of a weight map is a path, a string, or several separated by commas',
    `\`blocks.*.*.bn1\`, or in quotes if a star is part of a word: \`"layer*.*.bn1"\`. A comma joins the parts of a grouped convolution.`,
  ),
  'star-count': error<{ path: number; pattern: number }>(
    (a) => `the path has ${a.path} star${a.path === 1 ? '' : 's'}, the pattern none: many modules cannot map to one`,
    `Stars match in order: the n-th module that the path names corresponds to the n-th that the pattern names in the checkpoint. The number of stars may differ (\`stages.*.*\` and \`_blocks.*\`), but a path with stars needs a pattern with stars.`,
  ),
} as const;
