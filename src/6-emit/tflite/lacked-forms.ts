import { dilatedPool, type LackedForm, overPaddedPool } from '../lacked-form.ts';

/** What TensorFlow Lite has no operator for. */
export const lackedForms: readonly LackedForm[] = [dilatedPool, overPaddedPool];
