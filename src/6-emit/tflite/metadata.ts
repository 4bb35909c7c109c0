import { Builder } from 'flatbuffers';
import type { Graph, GraphNode, Shape } from '../../5-graph/graph.ts';
import { shapeOf } from '../../5-graph/graph.ts';
import { statedLabels } from '../../weights/preprocessing-facts.ts';
import {
  axisLabels,
  metadataFields as fields,
  normalisationUnit,
  white,
} from '../../weights/readers/tflite/lite-metadata.ts';
import { createStoredZip, slowCrc32 } from '../../weights/stored-zip.ts';
import type { Metadata } from '../target.ts';
import {
  addTable,
  type FlatTable,
  type FlatValue,
  float32s,
  int8,
  table,
  tables,
  text,
  uint8,
  uint32,
} from './flat-tables.ts';

const identifier = 'M001';
/** Members of unions and enumerations of that schema. */
const contents = { features: 1, image: 2 };
const colourSpaces = { unknown: 0, rgb: 1, grayscale: 2 };
const labelsFile = 'labels.txt';

/**
 * What TensorFlow Lite's own tools (Task Library, MediaPipe, Android Studio) know about a model's inputs and outputs.
 */
export function liteMetadata(graph: Graph, metadata: Metadata): Uint8Array {
  const labels = statedLabels(new Map(metadata));
  const subgraph: FlatTable = [
    [fields.subgraph.inputs, tables(graph.inputs.map((id) => inputTable(graph, graph.nodes[id] as GraphNode)))],
    [
      fields.subgraph.outputs,
      tables(graph.outputs.map(({ name, value }) => outputTable(name, shapeOf(graph, value), labels))),
    ],
  ];
  const b = new Builder(1024);
  const root = addTable(b, [
    [fields.model.name, text(graph.name)],
    [fields.model.subgraphs, tables([subgraph])],
    [fields.model.parserVersion, text('1.0.0')],
  ]);
  b.finish(root, identifier);
  return b.asUint8Array();
}

/** The archive of the files that the metadata name, at the end of the model's; empty where there is none. */
export function labelsArchive(metadata: Metadata, begin: number): Uint8Array {
  const labels = statedLabels(new Map(metadata));
  if (!labels) return new Uint8Array(0);
  // a line each
  const lines = labels.map((label) => `${label.replace(/\r?\n/g, ' ')}\n`).join('');
  const parts: Uint8Array[] = [];
  const zip = createStoredZip({ write: (bytes) => void parts.push(bytes) }, slowCrc32, { begin });
  zip.add(labelsFile, new TextEncoder().encode(lines));
  const bytes = new Uint8Array(zip.finish() - begin);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function inputTable(graph: Graph, { op, shapes }: GraphNode): FlatTable {
  const name = op.kind === 'input' ? op.name : '';
  const [channels = 0, height, width] = shapes[0] as Shape;
  if (height === undefined || width === undefined) return featureTable(name);
  const { mean, std, channelOrder } = graph.preprocessing[name] ?? {};
  const colours = channels === 1 ? 'grayscale' : channels === 3 && channelOrder !== 'bgr' ? 'rgb' : 'unknown';
  const image: FlatTable = [
    [fields.image.colours, int8(colourSpaces[colours])],
    [
      fields.image.size,
      table([
        [fields.size.width, uint32(width)],
        [fields.size.height, uint32(height)],
      ]),
    ],
  ];
  const unit: FlatTable | undefined = mean &&
    std && [
      [fields.unit.type, uint8(normalisationUnit)],
      [
        fields.unit.options,
        table([
          [fields.normalisation.mean, float32s(mean.map((x) => x * white))],
          [fields.normalisation.std, float32s(std.map((x) => x * white))],
        ]),
      ],
    ];
  return [
    [fields.tensor.name, text(name)],
    [fields.tensor.content, contentOf(contents.image, image)],
    [fields.tensor.processing, unit && tables([unit])],
  ];
}

function outputTable(name: string, shape: Shape, labels: readonly string[] | undefined): FlatTable {
  if (!labels || shape.length !== 1 || shape[0] !== labels.length) return featureTable(name);
  const file: FlatTable = [
    [fields.file.name, text(labelsFile)],
    [fields.file.description, text('the names of the classes')],
    [fields.file.type, int8(axisLabels)],
  ];
  return [...featureTable(name), [fields.tensor.files, tables([file])]];
}

function featureTable(name: string): FlatTable {
  return [
    [fields.tensor.name, text(name)],
    [fields.tensor.content, contentOf(contents.features, [])],
  ];
}

function contentOf(type: number, properties: FlatTable): FlatValue {
  return table([
    [fields.content.type, uint8(type)],
    [fields.content.properties, table(properties)],
  ]);
}
