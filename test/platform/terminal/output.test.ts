import { Writable } from 'node:stream';
import { writeOut } from '../../../services/platform/terminal/output.js';

function failing(code: string): Writable {
  return new Writable({ write: (_chunk, _encoding, done) => done(Object.assign(new Error('write'), { code })) });
}

describe('writeOut', () => {
  test('writes every chunk and leaves the stream open', async () => {
    const written: string[] = [];
    const stream = new Writable({
      highWaterMark: 1,
      write(chunk: Buffer, _encoding, done) {
        written.push(chunk.toString());
        setImmediate(done);
      },
    });
    await writeOut(['a\n', 'b\n'], stream);
    await writeOut(['c\n'], stream);
    expect(written.join('')).toBe('a\nb\nc\n');
  });

  test('takes a reader that left for a reader that had enough', async () => {
    await expect(writeOut(['a\n', 'b\n'], failing('EPIPE'))).resolves.toBeUndefined();
  });

  test('passes any other fault on', async () => {
    await expect(writeOut(['a\n'], failing('ENOSPC'))).rejects.toMatchObject({ code: 'ENOSPC' });
  });
});
