import { type LackedForm, overPaddedPool } from '../lacked-form.ts';

/** What PyTorch gives no result for, or has no module for. */
export const lackedForms: readonly LackedForm[] = [overPaddedPool];
