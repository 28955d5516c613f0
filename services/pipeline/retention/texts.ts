// The texts within a column, by its type as the database names it: plain ones, those of lists, of tuples and of maps. Decides what SQL asks
// about each of them or replaces each; knows no table.

const lambda = (depth: number): string => `one_${depth}`;

/** Items of `A, B(C, D)`, at the outermost commas. */
function itemsOf(list: string): string[] {
  const items: string[] = [''];
  let depth = 0;
  for (const character of list) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) items.push('');
    else items[items.length - 1] += character;
  }
  return items.map((item) => item.trim());
}

const within = (type: string, wrapper: string): string | null =>
  type.startsWith(`${wrapper}(`) ? type.slice(wrapper.length + 1, -1) : null;

const bare = (type: string): string => {
  const inner = within(type, 'LowCardinality') ?? within(type, 'Nullable');
  return inner === null ? type : bare(inner);
};

/** Types of a tuple's parts, without their names. */
const partsOf = (tuple: string): string[] => itemsOf(tuple).map((item) => item.replace(/^(?:`[^`]*`|\w+) /, ''));

/**
 * SQL that is true where a text within the column passes; null where the type holds no text.
 * @param test SQL of a condition on a text, which may be null
 */
export function anyTextSql(type: string, sql: string, test: (sql: string) => string, depth = 0): string | null {
  const plain = bare(type);
  if (plain === 'String') return test(sql);
  const one = lambda(depth);
  const exists = (list: string, of: string): string | null => {
    const inner = anyTextSql(of, one, test, depth + 1);
    return inner === null ? null : `arrayExists(${one} -> ${inner}, ${list})`;
  };
  const list = within(plain, 'Array');
  if (list !== null) return exists(sql, list);
  const tuple = within(plain, 'Tuple');
  const map = within(plain, 'Map');
  if (tuple === null && map === null) return null;
  const [key = '', value = ''] = itemsOf(map ?? '');
  const parts =
    tuple === null
      ? [exists(`mapKeys(${sql})`, key), exists(`mapValues(${sql})`, value)]
      : partsOf(tuple).map((part, n) => anyTextSql(part, `tupleElement(${sql}, ${n + 1})`, test, depth));
  const some = parts.filter((part) => part !== null);
  return some.length === 0 ? null : `(${some.join(' OR ')})`;
}

/** SQL of the column with each text within it replaced; what is no text, and a map, stays. */
export function eachTextSql(type: string, sql: string, replace: (sql: string) => string, depth = 0): string {
  const plain = bare(type);
  if (plain === 'String') return replace(sql);
  const list = within(plain, 'Array');
  if (list !== null)
    return `arrayMap(${lambda(depth)} -> ${eachTextSql(list, lambda(depth), replace, depth + 1)}, ${sql})`;
  const tuple = within(plain, 'Tuple');
  if (tuple === null) return sql;
  const parts = partsOf(tuple).map((part, n) => eachTextSql(part, `tupleElement(${sql}, ${n + 1})`, replace, depth));
  return `tuple(${parts.join(', ')})`;
}
