import { engines } from '../../bench/engines.ts';
import { doubtsOf, median, summarizeSeries } from '../../bench/statistics.ts';
import type { TableReport, TableSample } from '../../bench/table-text.ts';
import { calibrateTable } from '../../search/latency/calibrate.ts';
import { coveringNetworks, otherNetworks, type PiecedNetwork } from '../../search/latency/cover.ts';
import { fitBase } from '../../search/latency/fit-base.ts';
import {
  type LatencyTable,
  latencyOf,
  pieceKey,
  type TablePiece,
  tableFormat,
} from '../../search/latency/latency-table.ts';
import { tableError } from '../../search/latency/table-error.ts';
import type { Counter } from '../../search/space/counter.ts';
import type { Space } from '../../search/space/space.ts';
import { randomState } from '../../weights/random.ts';
import type { Arguments } from '../command.ts';
import { failure, type Io } from '../io.ts';
import type { StatusLine } from '../status-line.ts';
import type { ChosenEngine } from './choose-engine.ts';
import { measureGroups } from './measure-groups.ts';
import { openOnnxHere } from './measure-here.ts';
import type { MeasureRequest } from './measured.ts';
import { profileStages } from './profile-model.ts';
import type { NetworkWriter } from './space-network.ts';

/** Whole networks that the base is fitted to, and others that the error is measured on. */
const [fitted, heldOut] = [12, 10];

/** What a table is made of and with. */
export interface TableJob {
  readonly model: string;
  readonly space: Space;
  readonly counter: Counter;
  readonly engine: ChosenEngine;
  readonly request: MeasureRequest;
  readonly write: NetworkWriter;
  readonly folder: string;
  readonly screen: StatusLine;
}

/**
 * Measures a table: networks in which each piece occurs are profiled, so that a piece is measured where it stands, between its
 * neighbours. Base and scale follow from whole networks without the profiler; the error from others, which had no part in it.
 * @param most how many networks are profiled at most
 */
export async function measuredTable(
  job: TableJob,
  most: number | undefined,
  args: Arguments,
  io: Io,
): Promise<TableReport> {
  const { model, space, counter, engine, request, screen } = job;
  screen.progress('looking for networks with every block');
  const covering = coveringNetworks(space, counter, randomState(request.seed, 'table'), most);
  if (!covering) throw notAChain(model);
  const times = await pieceTimes(covering, job, io);
  const profiled = { base: 0, pieces: piecesTable(times) };
  const step = Math.max(1, Math.ceil(covering.length / fitted));
  const whole = covering.filter((_, i) => i % step === 0);
  const others = otherNetworks(space, counter, randomState(request.seed, 'held out'), heldOut, covering).filter(
    ({ pieces }) => latencyOf(profiled, pieces) !== undefined,
  );
  const measured = await wholeLatencies([...whole, ...others], job, args, io);
  const samples = measured.samples.map((sample, i) => {
    const { pieces } = [...whole, ...others][i] as PiecedNetwork;
    return { ...sample, predicted: latencyOf(profiled, pieces) as number };
  });
  const { base, scale } = fitBase(samples.slice(0, whole.length));
  const unseen = samples.slice(whole.length).map((s) => ({ ...s, predicted: base + scale * s.predicted }));
  const pieces = Object.fromEntries(
    Object.entries(profiled.pieces).map(([key, piece]) => [key, { ...piece, ms: piece.ms * scale }]),
  );
  const table: LatencyTable = {
    format: tableFormat,
    model,
    engine: measured.engine,
    ...threadsOf(engine, request),
    batch: request.batch,
    base,
    pieces,
    networks: covering.length,
    ...(unseen.length > 0 && { error: tableError(unseen) }),
  };
  return { table, samples: unseen };
}

/**
 * Makes the table of this machine, or of a device, from those of others and whole networks that are measured on it. The error is
 * measured on half as many others.
 */
export async function calibratedTable(
  job: TableJob,
  known: readonly LatencyTable[],
  count: number,
  args: Arguments,
  io: Io,
): Promise<TableReport> {
  const { model, space, counter, engine, request, screen } = job;
  screen.progress('choosing networks');
  const wanted = count + Math.max(1, Math.floor(count / 2));
  const drawn = otherNetworks(space, counter, randomState(request.seed, 'calibration'), 4 * wanted, []);
  const inAll = drawn.filter(({ pieces }) => known.every((table) => latencyOf(table, pieces) !== undefined));
  const networks = inAll.slice(0, wanted);
  if (networks.length < 3) {
    throw failure(`too few networks of ${model} are in the tables to calibrate: are they tables of this space?`);
  }
  const measured = await wholeLatencies(networks, job, args, io);
  const all = networks.map(({ pieces }, i) => ({ pieces, ...(measured.samples[i] as TableSample) }));
  const own = all.slice(0, Math.max(3, Math.min(count, networks.length - 1)));
  const { table } = calibrateTable(
    known,
    own.map(({ pieces, measured: ms }) => ({ pieces, ms })),
  );
  const unseen = all.slice(own.length).flatMap(({ pieces, ...sample }) => {
    const predicted = latencyOf(table, pieces);
    return predicted === undefined ? [] : [{ ...sample, predicted }];
  });
  return {
    table: {
      ...table,
      model,
      engine: measured.engine,
      ...threadsOf(engine, request),
      batch: request.batch,
      ...(unseen.length > 0 && { error: tableError(unseen) }),
    },
    samples: unseen,
  };
}

/** Milliseconds of each piece under the profiler, for each network that has it. */
async function pieceTimes(networks: readonly PiecedNetwork[], { request, write, screen }: TableJob, io: Io) {
  const onnx = openOnnxHere(request, io);
  const times = new Map<string, { piece: Omit<TablePiece, 'ms'>; ms: number[] }>();
  for (const [i, { encoding, pieces }] of networks.entries()) {
    screen.progress(`profiling network ${i + 1} of ${networks.length}`);
    const file = await write.write(encoding);
    const stages = await profileStages(file, (prefix) => onnx.open(file, prefix), request);
    write.remove(file);
    for (const piece of pieces) {
      const { id, takes, gives } = piece;
      const known = times.get(pieceKey(piece)) ?? { piece: { id, takes, gives }, ms: [] };
      known.ms.push(stages.get(id) ?? 0);
      times.set(pieceKey(piece), known);
    }
  }
  return times;
}

function piecesTable(times: Awaited<ReturnType<typeof pieceTimes>>): LatencyTable['pieces'] {
  return Object.fromEntries([...times].map(([key, { piece, ms }]) => [key, { ...piece, ms: median(ms) }]));
}

/** The latencies of whole networks, one after the other. */
async function wholeLatencies(
  networks: readonly PiecedNetwork[],
  { engine, request, write, folder, screen }: TableJob,
  args: Arguments,
  io: Io,
): Promise<{ readonly engine: string; readonly samples: readonly TableSample[] }> {
  const { profileFolder: _, ...plain } = request;
  const files = [];
  for (const [i, { encoding }] of networks.entries()) {
    screen.progress(`writing network ${i + 1} of ${networks.length}`);
    files.push(await write.write(encoding));
  }
  const named = numbered(screen, files.length);
  const results = await measureGroups(
    files.map((file) => [file]),
    engine,
    plain,
    folder,
    named,
    args,
    io,
  );
  const samples = results.map(({ blocks, settled }) => {
    const summary = summarizeSeries((blocks[0] ?? []).flat());
    return { measured: summary.median, predicted: 0, isDoubtful: doubtsOf(summary, settled).length > 0 };
  });
  return { engine: results[0]?.engine ?? '', samples };
}

/** A status line that says how many networks there are. */
function numbered(screen: StatusLine, count: number): StatusLine {
  return { ...screen, progress: (text) => screen.progress(`${count} whole networks: ${text}`) };
}

function threadsOf(engine: ChosenEngine, { threads }: MeasureRequest): Pick<LatencyTable, 'threads'> {
  return engine !== 'auto' && engines[engine].threads ? { threads } : {};
}

function notAChain(model: string) {
  return failure(
    `${model} is not a chain: more than one value goes from a row or section to the next, and a table adds up what each takes`,
  );
}
