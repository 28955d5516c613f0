import { defaultFormat } from '../../services/cli/sql.js';

describe('keyhole sql', () => {
  test('answers with a table on a terminal and tab-separated values elsewhere', () => {
    expect(defaultFormat(true)).toBe('PrettyCompactMonoBlock');
    expect(defaultFormat(false)).toBe('TabSeparatedWithNames');
  });
});
