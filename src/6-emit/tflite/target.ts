import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import { reportFloatLayers } from '../float-layers.ts';
import { reportLackedForms } from '../lacked-form.ts';
import type { Target } from '../target.ts';
import { liteEntry } from './entry.ts';
import { integerPorts, portFacts, reportFloatPorts } from './integer-ports.ts';
import { lackedForms } from './lacked-forms.ts';
import { defaultOptions, type LiteOptions } from './options.ts';
import { planLiteModel } from './plan.ts';
import { writeLiteModel } from './write-model.ts';

/** TensorFlow Lite's file, channels last. */
export const liteTarget: Target<LiteOptions> = {
  ...liteEntry,
  defaults: defaultOptions,
  check: (graph, { batch, int8Io }) => [
    ...(batch === 'dynamic' || (Number.isSafeInteger(batch) && batch >= 1)
      ? []
      : [createDiagnostic('tflite-batch', undefined, { batch })]),
    ...reportLackedForms(graph, 'tflite', lackedForms),
    ...reportFloatLayers(graph),
    ...(int8Io ? reportFloatPorts(integerPorts(graph)) : []),
  ],
  emit(request) {
    const { options, metadata } = request;
    if (!options.int8Io) return writeLiteModel(planLiteModel(request.graph, options), request);
    const graph = integerPorts(request.graph);
    const given = { ...request, graph, metadata: [...metadata, ...portFacts(graph)] };
    return writeLiteModel(planLiteModel(graph, options), given);
  },
};
