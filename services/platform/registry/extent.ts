// Where an Avro value ends, found without building it: every length, count and index is checked against the bytes that are
// there. avsc reads past the end in silence and believes a count of billions, so nothing is decoded before this has passed.
// Needs the writer's type; knows nothing of what the value means.

import { Type, types } from 'avsc';

/** Why bytes are no value of the type. */
export type ExtentFault = { readonly reason: 'truncated' | 'not_avro'; readonly error: string };

/** The position after the value that begins at `from`, or the fault. */
export type Extent = (bytes: Buffer, from: number) => number | ExtentFault;

class Fault extends Error {
  constructor(readonly fault: ExtentFault) {
    super(fault.error);
  }
}

type Skip = (bytes: Buffer, at: number) => number;

export function extentOf(type: Type): Extent {
  const skip = skipper(type, new Map());
  return (bytes, from) => {
    try {
      return skip(bytes, from);
    } catch (error) {
      if (error instanceof Fault) return error.fault;
      if (error instanceof RangeError) return { reason: 'not_avro', error: 'the value is nested too deeply' };
      throw error;
    }
  };
}

function truncated(): Fault {
  return new Fault({ reason: 'truncated', error: 'the payload ends in the middle of the record' });
}

function malformed(error: string): Fault {
  return new Fault({ reason: 'not_avro', error });
}

/** Named types may hold themselves: `known` ends the recursion. */
function skipper(type: Type, known: Map<string, Skip>): Skip {
  if (type instanceof types.LogicalType) return skipper(type.underlyingType, known);
  if (type instanceof types.RecordType) return recordSkipper(type, known);
  if (Type.isType(type, 'union')) return unionSkipper(type, known);
  if (type instanceof types.ArrayType) return blockSkipper(skipper(type.itemsType, known));
  if (type instanceof types.MapType) {
    const value = skipper(type.valuesType, known);
    return blockSkipper((bytes, at) => value(bytes, skipBytes(bytes, at)));
  }
  if (type instanceof types.EnumType) return enumSkipper(type.symbols.length);
  if (type instanceof types.FixedType) return fixedSkipper(type.size);
  const primitive = PRIMITIVES.get(type.typeName);
  if (!primitive) throw new Error(`no rule for the Avro type ${type.typeName}`);
  return primitive;
}

const PRIMITIVES: ReadonlyMap<string, Skip> = new Map([
  ['null', (_bytes: Buffer, at: number) => at],
  ['boolean', fixedSkipper(1)],
  ['int', skipVarint],
  ['long', skipVarint],
  ['float', fixedSkipper(4)],
  ['double', fixedSkipper(8)],
  ['bytes', skipBytes],
  ['string', skipBytes],
]);

function recordSkipper(type: types.RecordType, known: Map<string, Skip>): Skip {
  const name = type.name ?? '';
  const before = known.get(name);
  if (before) return before;
  const fields: Skip[] = [];
  const skip: Skip = (bytes, from) => {
    let at = from;
    for (const field of fields) at = field(bytes, at);
    return at;
  };
  if (name !== '') known.set(name, skip);
  for (const field of type.fields) fields.push(skipper(field.type, known));
  return skip;
}

function unionSkipper(type: Type, known: Map<string, Skip>): Skip {
  const branches = branchesOf(type).map((branch) => skipper(branch, known));
  return (bytes, at) => {
    const branch = branches[readVarint(bytes, at)];
    if (!branch) throw malformed('a union names a branch that its schema does not have');
    return branch(bytes, skipVarint(bytes, at));
  };
}

function branchesOf(type: Type): readonly Type[] {
  if (type instanceof types.UnwrappedUnionType || type instanceof types.WrappedUnionType) return type.types;
  throw new Error('a union without branches');
}

function enumSkipper(symbols: number): Skip {
  return (bytes, at) => {
    const index = readVarint(bytes, at);
    if (index < 0 || index >= symbols) throw malformed('an enum names a symbol that its schema does not have');
    return skipVarint(bytes, at);
  };
}

function fixedSkipper(size: number): Skip {
  return (bytes, at) => {
    if (at + size > bytes.length) throw truncated();
    return at + size;
  };
}

/** Blocks of arrays and maps: a count, negative when the block's length in bytes follows; a count of zero ends them. */
function blockSkipper(item: Skip): Skip {
  return (bytes, from) => {
    let at = from;
    for (;;) {
      const count = readVarint(bytes, at);
      at = skipVarint(bytes, at);
      if (count === 0) return at;
      const length = count < 0 ? readVarint(bytes, at) : null;
      if (length !== null) at = skipVarint(bytes, at);
      if (Math.abs(count) > bytes.length - at) throw truncated();
      const began = at;
      for (let left = Math.abs(count); left > 0; left -= 1) at = item(bytes, at);
      if (length !== null && at - began !== length) throw malformed('a block is not as long as it says');
    }
  };
}

function skipBytes(bytes: Buffer, at: number): number {
  const length = readVarint(bytes, at);
  if (length < 0) throw malformed('a length is negative');
  const end = skipVarint(bytes, at) + length;
  if (end > bytes.length) throw truncated();
  return end;
}

function skipVarint(bytes: Buffer, from: number): number {
  for (let at = from; at < from + 10; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) throw truncated();
    if (byte < 0x80) return at + 1;
  }
  throw malformed('a number is longer than 64 bits');
}

/** Zigzag; a double, so exact for what lengths and counts can honestly be. */
function readVarint(bytes: Buffer, from: number): number {
  let value = 0;
  let scale = 1;
  for (let at = from; at < from + 10; at += 1) {
    const byte = bytes[at];
    if (byte === undefined) throw truncated();
    value += (byte & 0x7f) * scale;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
    scale *= 128;
  }
  throw malformed('a number is longer than 64 bits');
}
