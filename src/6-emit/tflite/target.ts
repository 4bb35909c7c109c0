import { createDiagnostic } from '../../diagnostics/diagnostic.ts';
import { reportLackedForms } from '../lacked-form.ts';
import type { Target } from '../target.ts';
import { liteEntry } from './entry.ts';
import { lackedForms } from './lacked-forms.ts';
import { defaultOptions, type LiteOptions } from './options.ts';
import { planLiteModel } from './plan.ts';
import { writeLiteModel } from './write-model.ts';

/** TensorFlow Lite's file, channels last. */
export const liteTarget: Target<LiteOptions> = {
  ...liteEntry,
  defaults: defaultOptions,
  check: (graph, { batch }) => [
    ...(batch === 'dynamic' || (Number.isSafeInteger(batch) && batch >= 1)
      ? []
      : [createDiagnostic('tflite-batch', undefined, { batch })]),
    ...reportLackedForms(graph, 'tflite', lackedForms),
  ],
  emit: (request) => writeLiteModel(planLiteModel(request.graph, request.options), request),
};
