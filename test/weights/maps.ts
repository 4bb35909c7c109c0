import type { WeightMapRow } from '../../src/weights/weight-map.ts';
import { span } from '../onnx/graph-builder.ts';

/** Weight maps as the standard library's tables have them: the first line names the columns. */
const tables: Record<string, string> = {
  efficientnet: `
    path                      | timm                      | torchvision              | lukemelas
    stem.conv                 | conv_stem                 | features.0.0             | _conv_stem
    stem.bn                   | bn1                       | features.0.1             | _bn0
    head.conv                 | conv_head                 | features.8.0             | _conv_head
    head.bn                   | bn2                       | features.8.1             | _bn1
    classifier                | classifier                | classifier.1             | _fc
    stages.0.*.depthwise.conv | blocks.0.*.conv_dw        | features.1.*.block.0.0   |
    stages.0.*.depthwise.bn   | blocks.0.*.bn1            | features.1.*.block.0.1   |
    stages.0.*.se.reduce      | blocks.0.*.se.conv_reduce | features.1.*.block.1.fc1 |
    stages.0.*.se.expand      | blocks.0.*.se.conv_expand | features.1.*.block.1.fc2 |
    stages.0.*.project.conv   | blocks.0.*.conv_pw        | features.1.*.block.2.0   |
    stages.0.*.project.bn     | blocks.0.*.bn2            | features.1.*.block.2.1   |
    stages.*.*.expand.conv    | blocks.*.*.conv_pw        | features.*.*.block.0.0   | _blocks.*._expand_conv
    stages.*.*.expand.bn      | blocks.*.*.bn1            | features.*.*.block.0.1   | _blocks.*._bn0
    stages.*.*.depthwise.conv | blocks.*.*.conv_dw        | features.*.*.block.1.0   | _blocks.*._depthwise_conv
    stages.*.*.depthwise.bn   | blocks.*.*.bn2            | features.*.*.block.1.1   | _blocks.*._bn1
    stages.*.*.se.reduce      | blocks.*.*.se.conv_reduce | features.*.*.block.2.fc1 | _blocks.*._se_reduce
    stages.*.*.se.expand      | blocks.*.*.se.conv_expand | features.*.*.block.2.fc2 | _blocks.*._se_expand
    stages.*.*.project.conv   | blocks.*.*.conv_pwl       | features.*.*.block.3.0   | _blocks.*._project_conv
    stages.*.*.project.bn     | blocks.*.*.bn3            | features.*.*.block.3.1   | _blocks.*._bn2`,

  // lukemelas's EfficientNet-Lite does not exist, nor torchvision's.
  'efficientnet-lite': `
    path                      | timm
    stem.conv                 | conv_stem
    stem.bn                   | bn1
    head.conv                 | conv_head
    head.bn                   | bn2
    classifier                | classifier
    stages.0.*.depthwise.conv | blocks.0.*.conv_dw
    stages.0.*.depthwise.bn   | blocks.0.*.bn1
    stages.0.*.project.conv   | blocks.0.*.conv_pw
    stages.0.*.project.bn     | blocks.0.*.bn2
    stages.*.*.expand.conv    | blocks.*.*.conv_pw
    stages.*.*.expand.bn      | blocks.*.*.bn1
    stages.*.*.depthwise.conv | blocks.*.*.conv_dw
    stages.*.*.depthwise.bn   | blocks.*.*.bn2
    stages.*.*.project.conv   | blocks.*.*.conv_pwl
    stages.*.*.project.bn     | blocks.*.*.bn3`,

  // A module may have two rows, for fused blocks and for others: the first name that the checkpoint has counts.
  // torchvision's head is features.7 or features.8, the one module of its kind that is left after the stem.
  'efficientnet-v2': `
    path                      | timm                      | torchvision
    stem.conv                 | conv_stem                 | features.0.0
    stem.bn                   | bn1                       | features.0.1
    head.conv                 | conv_head                 | features.*.0
    head.bn                   | bn2                       | features.*.1
    classifier                | classifier                | classifier.1
    stages.0.*.fused.conv     | blocks.0.*.conv           | features.1.*.block.0.0
    stages.0.*.fused.bn       | blocks.0.*.bn1            | features.1.*.block.0.1
    stages.*.*.expand.conv    | blocks.*.*.conv_pw        | features.*.*.block.0.0
    stages.*.*.expand.conv    | blocks.*.*.conv_exp       |
    stages.*.*.expand.bn      | blocks.*.*.bn1            | features.*.*.block.0.1
    stages.*.*.depthwise.conv | blocks.*.*.conv_dw        | features.*.*.block.1.0
    stages.*.*.depthwise.bn   | blocks.*.*.bn2            | features.*.*.block.1.1
    stages.*.*.se.reduce      | blocks.*.*.se.conv_reduce | features.*.*.block.2.fc1
    stages.*.*.se.expand      | blocks.*.*.se.conv_expand | features.*.*.block.2.fc2
    stages.*.*.project.conv   | blocks.*.*.conv_pwl       | features.*.*.block.3.0
    stages.*.*.project.conv   |                           | features.*.*.block.1.0
    stages.*.*.project.bn     | blocks.*.*.bn3            | features.*.*.block.3.1
    stages.*.*.project.bn     | blocks.*.*.bn2            | features.*.*.block.1.1`,

  'mobilenet-v1': `
    path                      | timm
    stem.conv                 | conv_stem
    stem.bn                   | bn1
    classifier                | classifier
    stages.*.*.depthwise.conv | blocks.*.*.conv_dw
    stages.*.*.depthwise.bn   | blocks.*.*.bn1
    stages.*.*.project.conv   | blocks.*.*.conv_pw
    stages.*.*.project.bn     | blocks.*.*.bn2`,

  'mobilenet-v2': `
    path                      | timm                | torchvision
    stem.conv                 | conv_stem           | features.0.0
    stem.bn                   | bn1                 | features.0.1
    head.conv                 | conv_head           | features.18.0
    head.bn                   | bn2                 | features.18.1
    classifier                | classifier          | classifier.1
    stages.0.0.depthwise.conv | blocks.0.0.conv_dw  | features.1.conv.0.0
    stages.0.0.depthwise.bn   | blocks.0.0.bn1      | features.1.conv.0.1
    stages.0.0.project.conv   | blocks.0.0.conv_pw  | features.1.conv.1
    stages.0.0.project.bn     | blocks.0.0.bn2      | features.1.conv.2
    stages.*.*.expand.conv    | blocks.*.*.conv_pw  | features.*.conv.0.0
    stages.*.*.expand.bn      | blocks.*.*.bn1      | features.*.conv.0.1
    stages.*.*.depthwise.conv | blocks.*.*.conv_dw  | features.*.conv.1.0
    stages.*.*.depthwise.bn   | blocks.*.*.bn2      | features.*.conv.1.1
    stages.*.*.project.conv   | blocks.*.*.conv_pwl | features.*.conv.2
    stages.*.*.project.bn     | blocks.*.*.bn3      | features.*.conv.3`,

  // timm's head is blocks.6.0 in the large network, blocks.5.0 in the small one. torchvision numbers what a block has.
  'mobilenet-v3': `
    path                    | timm                      | torchvision
    stem.conv               | conv_stem                 | features.0.0
    stem.bn                 | bn1                       | features.0.1
    head.conv               | blocks.6.0.conv           | features.*.0
    head.conv               | blocks.5.0.conv           |
    head.bn                 | blocks.6.0.bn1            | features.*.1
    head.bn                 | blocks.5.0.bn1            |
    head.hidden             | conv_head                 | classifier.0
    classifier              | classifier                | classifier.3
    stages.0.depthwise.conv | blocks.0.0.conv_dw        | features.1.block.0.0
    stages.0.depthwise.bn   | blocks.0.0.bn1            | features.1.block.0.1
    stages.0.se.reduce      | blocks.0.0.se.conv_reduce | features.1.block.1.fc1
    stages.0.se.expand      | blocks.0.0.se.conv_expand | features.1.block.1.fc2
    stages.0.project.conv   | blocks.0.0.conv_pw        | features.1.block.2.0
    stages.0.project.conv   |                           | features.1.block.1.0
    stages.0.project.bn     | blocks.0.0.bn2            | features.1.block.2.1
    stages.0.project.bn     |                           | features.1.block.1.1
    stages.*.expand.conv    | blocks.*.*.conv_pw        | features.*.block.0.0
    stages.*.expand.bn      | blocks.*.*.bn1            | features.*.block.0.1
    stages.*.depthwise.conv | blocks.*.*.conv_dw        | features.*.block.1.0
    stages.*.depthwise.bn   | blocks.*.*.bn2            | features.*.block.1.1
    stages.*.se.reduce      | blocks.*.*.se.conv_reduce | features.*.block.2.fc1
    stages.*.se.expand      | blocks.*.*.se.conv_expand | features.*.block.2.fc2
    stages.*.project.conv   | blocks.*.*.conv_pwl       | features.*.block.3.0
    stages.*.project.conv   |                           | features.*.block.2.0
    stages.*.project.bn     | blocks.*.*.bn3            | features.*.block.3.1
    stages.*.project.bn     |                           | features.*.block.2.1`,

  mnasnet: `
    path                      | timm                      | torchvision
    stem.conv                 | conv_stem                 | layers.0
    stem.bn                   | bn1                       | layers.1
    head.conv                 | conv_head                 | layers.14
    head.bn                   | bn2                       | layers.15
    classifier                | classifier                | classifier.1
    stages.0.0.depthwise.conv | blocks.0.0.conv_dw        | layers.3
    stages.0.0.depthwise.bn   | blocks.0.0.bn1            | layers.4
    stages.0.0.project.conv   | blocks.0.0.conv_pw        | layers.6
    stages.0.0.project.bn     | blocks.0.0.bn2            | layers.7
    stages.*.*.expand.conv    | blocks.*.*.conv_pw        | layers.*.*.layers.0
    stages.*.*.expand.bn      | blocks.*.*.bn1            | layers.*.*.layers.1
    stages.*.*.depthwise.conv | blocks.*.*.conv_dw        | layers.*.*.layers.3
    stages.*.*.depthwise.bn   | blocks.*.*.bn2            | layers.*.*.layers.4
    stages.*.*.se.reduce      | blocks.*.*.se.conv_reduce |
    stages.*.*.se.expand      | blocks.*.*.se.conv_expand |
    stages.*.*.project.conv   | blocks.*.*.conv_pwl       | layers.*.*.layers.6
    stages.*.*.project.bn     | blocks.*.*.bn3            | layers.*.*.layers.7`,

  resnet: `
    path                  | timm                  | torchvision
    stem.conv             | conv1                 | conv1
    stem.bn               | bn1                   | bn1
    classifier            | fc                    | fc
    stages.*.*.conv1.conv | layer*.*.conv1        | layer*.*.conv1
    stages.*.*.conv1.bn   | layer*.*.bn1          | layer*.*.bn1
    stages.*.*.conv2.conv | layer*.*.conv2        | layer*.*.conv2
    stages.*.*.conv2.bn   | layer*.*.bn2          | layer*.*.bn2
    stages.*.*.conv3.conv | layer*.*.conv3        | layer*.*.conv3
    stages.*.*.conv3.bn   | layer*.*.bn3          | layer*.*.bn3
    stages.*.*.se.reduce  | layer*.*.se.fc1       |
    stages.*.*.se.expand  | layer*.*.se.fc2       |
    stages.*.*.down.conv  | layer*.*.downsample.0 | layer*.*.downsample.0
    stages.*.*.down.bn    | layer*.*.downsample.1 | layer*.*.downsample.1`,
};

/** The columns of a library model's map. */
export function mapOf(library: string): ReadonlyMap<string, readonly WeightMapRow[]> {
  const [header, ...rows] = (tables[library] as string)
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim()));
  return new Map(
    header!
      .slice(1)
      .map((column, i) => [column, rows.map((cells) => ({ path: cells[0]!, pattern: cells[i + 1] ?? '', span }))]),
  );
}

export const mappedLibraries = Object.keys(tables);
