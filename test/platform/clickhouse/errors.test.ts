import { ClickHouseError } from '@clickhouse/client';
import { KeyholeError } from '../../../services/core/errors.js';
import { toKeyholeError } from '../../../services/platform/clickhouse/errors.js';

const exception = (code: number, type: string, message: string) =>
  new ClickHouseError({ code: String(code), type, message });

function map(error: unknown): KeyholeError {
  const mapped = toKeyholeError(error, 'db.example:8123');
  if (!(mapped instanceof KeyholeError)) throw new Error('not a KeyholeError');
  return mapped;
}

describe('toKeyholeError', () => {
  test.each([
    [159, 'TIMEOUT_EXCEEDED'],
    [202, 'TOO_MANY_SIMULTANEOUS_QUERIES'],
    [241, 'MEMORY_LIMIT_EXCEEDED'],
    [252, 'TOO_MANY_PARTS'],
    [319, 'UNKNOWN_STATUS_OF_INSERT'],
  ])('takes code %i (%s) for something that passes', (code, type) => {
    expect(map(exception(code, type, 'whatever the words say'))).toMatchObject({
      code: 'clickhouse_unavailable',
      retriable: true,
    });
  });

  test.each([
    [60, 'UNKNOWN_TABLE'],
    [62, 'SYNTAX_ERROR'],
    [164, 'READONLY'],
    [516, 'AUTHENTICATION_FAILED'],
    [27, 'CANNOT_PARSE_INPUT_ASSERTION_FAILED'],
  ])('takes code %i (%s) for a refusal that stays one', (code, type) => {
    expect(map(exception(code, type, 'memory timeout overload'))).toMatchObject({
      code: 'clickhouse_rejected',
      retriable: false,
    });
  });

  test('names the missing table and the remedy', () => {
    expect(
      map(exception(60, 'UNKNOWN_TABLE', "Unknown table expression identifier 'keyhole.anomalies' in scope SELECT 1"))
        .message,
    ).toBe(
      "ClickHouse refused the request: UNKNOWN_TABLE (60): Unknown table expression identifier 'keyhole.anomalies'; run `keyhole migrate`",
    );
  });

  test.each([
    [
      27,
      'CANNOT_PARSE_INPUT_ASSERTION_FAILED',
      'Cannot parse input: expected , before: jane.doe@example.com: (at row 2)',
    ],
    [53, 'TYPE_MISMATCH', "Cannot convert string 'jane.doe@example.com' to type UInt64"],
    [62, 'SYNTAX_ERROR', "Syntax error: failed at position 8 ('jane.doe@example.com'): 'jane.doe@example.com"],
    [47, 'UNKNOWN_IDENTIFIER', 'Unknown identifier x in scope SELECT jane.doe@example.com'],
    [457, 'BAD_QUERY_PARAMETER', 'Value jane.doe@example.com cannot be parsed as UInt64'],
  ])('repeats no data that exception %i (%s) quotes', (code, type, message) => {
    const error = map(exception(code, type, message));
    expect(error.message).not.toContain('jane');
    expect(error.cause).toBeUndefined();
  });

  test.each(['ECONNREFUSED', 'ECONNRESET', 'ETIMEDOUT', 'ENOTFOUND'])('takes %s for an absent server', (code) => {
    const error = map(Object.assign(new Error('connect'), { code }));
    expect(error).toMatchObject({ code: 'clickhouse_unavailable', retriable: true });
    expect(error.message).toContain(`${code} at db.example:8123`);
  });

  test('does not repeat the page of a proxy', () => {
    expect(map(new Error('<html>session of jane.doe@example.com expired</html>')).message).toBe(
      'ClickHouse is unavailable: db.example:8123 did not answer as ClickHouse does; check KEYHOLE_CLICKHOUSE_URL',
    );
  });

  test('leaves a mistake of the caller as it is', () => {
    const mistake = new TypeError('rows is not iterable');
    expect(toKeyholeError(mistake, 'db.example:8123')).toBe(mistake);
  });
});
