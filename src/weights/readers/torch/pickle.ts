import { type ByteReader, Unreadable } from '../byte-reader.ts';
import { globalOf } from './globals.ts';
import { ofKind, other, type PickleValue } from './pickle-values.ts';

/** What one pickle may make, in units of about eight bytes of memory. */
const mostMemory = 20_000_000;
const valueCost = 2;
const textCost = 12;
const listCost = 10;
const objectCost = 24;
const mostTensors = 100_000;
const mostBytes = 32 << 20;

/** Marks the start of a list of arguments on the stack. */
const mark = Symbol('mark');
const decoder = new TextDecoder();

/**
 * Reads a pickle, of the protocols 2 to 5 (Python's Lib/pickletools.py describes the opcodes), as plain data: Python names get their meaning from `globalOf`, and nothing is executed. @param persistent the meaning of a persistent id.
 * @throws Unreadable
 */
export function readPickle(reader: ByteReader, persistent: (id: PickleValue) => PickleValue): PickleValue {
  const start = reader.position;
  const stack: (PickleValue | typeof mark)[] = [];
  const memo: PickleValue[] = [];
  let memory = 0;
  let tensors = 0;

  const push = (value: PickleValue | typeof mark, cost = valueCost) => {
    memory += cost;
    if (memory > mostMemory) throw new Unreadable('its pickle has more values than any checkpoint');
    stack.push(value);
  };
  const pop = (): PickleValue => {
    const value = stack.pop();
    if (value === undefined || value === mark) throw malformed();
    return value as PickleValue;
  };
  const top = (): PickleValue => {
    const value = stack.at(-1);
    if (value === undefined || value === mark) throw malformed();
    return value as PickleValue;
  };
  const popToMark = (): PickleValue[] => {
    const at = stack.lastIndexOf(mark);
    if (at < 0) throw malformed();
    const items = stack.splice(at + 1) as PickleValue[];
    stack.pop();
    return items;
  };
  const pushText = (length: number) => push(decoder.decode(reader.bytes(length)), textCost);
  const skip = (length: number) => {
    reader.bytes(length);
    push(other);
  };
  const remember = (index: number) => {
    // Python counts from 0, Python 2's cPickle from 1
    if (index > memo.length + 1) throw malformed();
    memo[index] = top();
  };
  const recall = (index: number) => {
    const value = memo[index];
    if (value === undefined) throw malformed();
    push(value);
  };
  const pushDictionary = (items: readonly PickleValue[]) => push(setItems(new Map(), items), objectCost);
  const call = (callee: PickleValue, args: PickleValue) => {
    const callable = ofKind(callee, 'callable');
    if (!callable || !Array.isArray(args)) throw malformed();
    const made = callable.call(args);
    if (ofKind(made, 'tensor') && ++tensors > mostTensors) {
      throw new Unreadable(`it has more than ${mostTensors} tensors, the most that are read`);
    }
    push(made, objectCost);
  };

  for (;;) {
    if (reader.position - start > mostBytes) {
      throw new Unreadable(`its pickle has more than ${mostBytes} bytes, the most that are read`);
    }
    const opcode = reader.byte();
    switch (opcode) {
      case 0x80: // PROTO
        if (reader.byte() > 5) throw new Unreadable('its pickle has a protocol later than 5');
        break;
      case 0x95: // FRAME
        reader.bytes(8);
        break;
      case 0x2e: // STOP
        return pop();
      case 0x28: // MARK
        push(mark);
        break;
      case 0x30: // POP
        if (stack.pop() === undefined) throw malformed();
        break;
      case 0x31: // POP_MARK
        popToMark();
        break;
      case 0x32: // DUP
        push(top());
        break;
      case 0x4e: // NONE
        push(null);
        break;
      case 0x88: // NEWTRUE
        push(true);
        break;
      case 0x89: // NEWFALSE
        push(false);
        break;
      case 0x4b: // BININT1
        push(reader.byte());
        break;
      case 0x4d: // BININT2
        push(reader.uint(2));
        break;
      case 0x4a: // BININT
        push(reader.uint(4) | 0);
        break;
      case 0x8a: // LONG1
        push(integer(reader.bytes(reader.byte())));
        break;
      case 0x47: // BINFLOAT, the most significant byte first
        push(bigEndianDouble(reader.bytes(8)));
        break;
      case 0x8c: // SHORT_BINUNICODE
      case 0x55: // SHORT_BINSTRING
        pushText(reader.byte());
        break;
      case 0x58: // BINUNICODE
      case 0x54: // BINSTRING
        pushText(reader.uint(4));
        break;
      case 0x43: // SHORT_BINBYTES
        skip(reader.byte());
        break;
      case 0x42: // BINBYTES
        skip(reader.uint(4));
        break;
      case 0x5d: // EMPTY_LIST
      case 0x29: // EMPTY_TUPLE
      case 0x8f: // EMPTY_SET
        push([], listCost);
        break;
      case 0x74: // TUPLE
      case 0x6c: // LIST
      case 0x91: // FROZENSET
        push(popToMark(), listCost);
        break;
      case 0x85: // TUPLE1
      case 0x86: // TUPLE2
      case 0x87: {
        // TUPLE3
        const items = stack.splice(-(opcode - 0x84));
        if (items.length < opcode - 0x84 || items.includes(mark)) throw malformed();
        push(items as PickleValue[], listCost);
        break;
      }
      case 0x7d: // EMPTY_DICT
        pushDictionary([]);
        break;
      case 0x64: // DICT
        pushDictionary(popToMark());
        break;
      case 0x61: {
        // APPEND
        const item = pop();
        addItems(top(), [item]);
        break;
      }
      case 0x65: // APPENDS
      case 0x90: {
        // ADDITEMS
        const items = popToMark();
        addItems(top(), items);
        break;
      }
      case 0x73: {
        // SETITEM
        const value = pop();
        const key = pop();
        setItems(top(), [key, value]);
        break;
      }
      case 0x75: {
        // SETITEMS
        const items = popToMark();
        setItems(top(), items);
        break;
      }
      case 0x71: // BINPUT
        remember(reader.byte());
        break;
      case 0x72: // LONG_BINPUT
        remember(reader.uint(4));
        break;
      case 0x94: // MEMOIZE
        remember(memo.length);
        break;
      case 0x68: // BINGET
        recall(reader.byte());
        break;
      case 0x6a: // LONG_BINGET
        recall(reader.uint(4));
        break;
      case 0x63: // GLOBAL
        push(globalOf(line(reader), line(reader)));
        break;
      case 0x93: {
        // STACK_GLOBAL
        const name = pop();
        const module = pop();
        if (typeof name !== 'string' || typeof module !== 'string') throw malformed();
        push(globalOf(module, name));
        break;
      }
      case 0x52: // REDUCE
      case 0x81: {
        // NEWOBJ
        const args = pop();
        call(pop(), args);
        break;
      }
      case 0x62: // BUILD: the state of something skipped, attributes of a dictionary
        pop();
        top();
        break;
      case 0x51: // BINPERSID
        push(persistent(pop()));
        break;
      default:
        throw new Unreadable(`its pickle has the opcode 0x${opcode.toString(16)}, which tensors do not need`);
    }
  }
}

function malformed(): Unreadable {
  return new Unreadable('its pickle is malformed');
}

/** A text up to the end of the line. */
function line(reader: ByteReader): string {
  const bytes: number[] = [];
  for (let byte = reader.byte(); byte !== 0x0a; byte = reader.byte()) {
    if (bytes.length >= 1000) throw malformed();
    bytes.push(byte);
  }
  return decoder.decode(Uint8Array.from(bytes));
}

/** A whole number in two's complement, the least significant byte first. */
function integer(bytes: Uint8Array): PickleValue {
  if (bytes.length === 0) return 0;
  if (bytes.length > 8) return other;
  const wide = new Uint8Array(8).fill((bytes.at(-1) as number) & 0x80 ? 0xff : 0);
  wide.set(bytes);
  const value = Number(new DataView(wide.buffer).getBigInt64(0, true));
  return Number.isSafeInteger(value) ? value : other;
}

function bigEndianDouble(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, 8).getFloat64(0);
}

/** A skipped value takes any items. */
function addItems(target: PickleValue, items: readonly PickleValue[]): void {
  if (Array.isArray(target)) for (const item of items) target.push(item);
  else if (!ofKind(target, 'other')) throw malformed();
}

/** @param items keys and values in turn. */
function setItems(target: PickleValue, items: readonly PickleValue[]): PickleValue {
  if (items.length % 2 !== 0) throw malformed();
  if (target instanceof Map) {
    for (let i = 0; i < items.length; i += 2) target.set(items[i] as PickleValue, items[i + 1] as PickleValue);
  } else if (!ofKind(target, 'other')) {
    throw malformed();
  }
  return target;
}
