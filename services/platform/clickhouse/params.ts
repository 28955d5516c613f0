// Query parameters of any size. Scalars travel beside the statement; arrays travel inside it, as text cast to their
// type, because a URL ends at 1 MiB and a form field at 128 KiB, which thousands of actor ids pass.
// Casting is strict: a value that is not of the type is an error of the server, never a default.

export interface BoundStatement {
  readonly sql: string;
  readonly params: Record<string, unknown>;
}

const quotedTypes = /^(LowCardinality\(|Nullable\()*(String|FixedString|Date|UUID|Enum|IP)/;

/** 'Tuple(a String, Array(Tuple(Date, UInt8)))' → the types between the outer parentheses, names left out. */
function innerTypes(type: string): string[] {
  const inner = type.slice(type.indexOf('(') + 1, -1);
  const types: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at <= inner.length; at++) {
    const char = inner[at];
    if (char === '(') depth++;
    else if (char === ')') depth--;
    else if (char === undefined || (char === ',' && depth === 0)) {
      types.push(
        inner
          .slice(from, at)
          .trim()
          .replace(/^[a-z_]\w* /, ''),
      );
      from = at + 1;
    }
  }
  return types;
}

function escapeText(text: string): string {
  return text.replace(/[\\']/g, '\\$&');
}

/** A value in ClickHouse's own text form for `type`. */
function literal(value: unknown, type: string): string {
  if (value === null || value === undefined) return 'NULL';
  if (Array.isArray(value)) {
    const types = innerTypes(type);
    const isTuple = type.startsWith('Tuple(');
    const items = value.map((item: unknown, i) => literal(item, types[isTuple ? i : 0] ?? 'String'));
    return isTuple ? `(${items.join(',')})` : `[${items.join(',')}]`;
  }
  return quotedTypes.test(type) ? `'${escapeText(String(value))}'` : String(value);
}

/** Replaces `{name:Array(…)}` by the array itself; all other parameters are left to the server. */
export function bindArrays(sql: string, params: Readonly<Record<string, unknown>>): BoundStatement {
  const rest: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(params)) if (!Array.isArray(value)) rest[name] = value;
  if (Object.keys(rest).length === Object.keys(params).length) return { sql, params: rest };
  const bound = sql.replace(/\{\s*(\w+)\s*:\s*([^{}]+?)\s*\}/g, (whole, name: string, type: string) => {
    const value = params[name];
    return Array.isArray(value) ? `CAST('${escapeText(literal(value, type))}', '${escapeText(type)}')` : whole;
  });
  return { sql: bound, params: rest };
}
