import { Unreadable } from '../byte-reader.ts';
import { ofKind, type PickleValue, type Storage } from './pickle-values.ts';

/**
 * The storage that a persistent id refers to: `('storage', type, key, device, length)`, in the older form with a view,
 * `(key, offset, length)` or None.
 */
export function storageOf(id: PickleValue): Storage {
  const [kind, typeName, key, , length, view = null] = Array.isArray(id) ? id : [];
  const type = ofKind(typeName, 'type');
  if (kind !== 'storage' || !type || typeof key !== 'string' || !isCount(length)) throw malformed();
  if (view === null) return { kind: 'storage', key, type, length, offset: 0 };
  const [, offset, viewLength] = Array.isArray(view) ? view : [];
  if (!isCount(offset) || !isCount(viewLength) || offset + viewLength > length) throw malformed();
  return { kind: 'storage', key, type, length, offset };
}

function isCount(value: PickleValue | undefined): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function malformed(): Unreadable {
  return new Unreadable('the description of a block of numbers is malformed');
}
