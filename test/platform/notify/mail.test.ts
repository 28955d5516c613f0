import type { AddressInfo } from 'node:net';
import { createServer, type Server, type Socket } from 'node:net';
import { type Mail, sendMail } from '../../../services/platform/notify/mail.js';

/** A mail server that knows six commands, and answers DATA's end with what it is given. */
async function mailServer(verdict: string): Promise<{ port: number; mails: string[]; server: Server }> {
  const mails: string[] = [];
  const server = createServer((socket: Socket) => {
    let mail: string | null = null;
    let rest = '';
    const say = (line: string): boolean => socket.write(`${line}\r\n`);
    say('220 test');
    socket.on('data', (chunk: Buffer) => {
      rest += chunk.toString('utf8');
      for (let end = rest.indexOf('\r\n'); end >= 0; end = rest.indexOf('\r\n')) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (mail !== null && line === '.') {
          mails.push(mail);
          mail = null;
          say(verdict);
        } else if (mail !== null) mail += `${line}\n`;
        else if (line === 'DATA') {
          mail = '';
          say('354 go on');
        } else if (line === 'QUIT') socket.end('221 bye\r\n');
        else say('250 ok');
      }
    });
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { port: (server.address() as AddressInfo).port, mails, server };
}

const mail = (port: number): Mail => ({
  host: '127.0.0.1',
  port,
  tls: 'none',
  from: 'keyhole@example.org',
  to: ['lead@example.org'],
  subject: 'Keyhole [high]',
  text: 'e-17 read 212',
  key: 'keyhole/a-1',
  timeoutMs: 2_000,
});

test('a mail is accepted with its subject, and a repeat has the same Message-ID', async () => {
  const { port, mails, server } = await mailServer('250 taken');
  expect(await sendMail(mail(port))).toEqual({ outcome: 'accepted' });
  expect(await sendMail(mail(port))).toEqual({ outcome: 'accepted' });
  server.close();
  const ids = mails.map((text) => /^Message-ID: (.*)$/im.exec(text)?.[1]);
  expect(mails[0]).toContain('Subject: Keyhole [high]');
  expect(ids[0]).toMatch(/^<[0-9a-f]{40}@example\.org>$/);
  expect(ids[1]).toBe(ids[0]);
});

test('a server that refuses, and one that is not there, are tried again; no address is in the reason', async () => {
  const { port, server } = await mailServer('452 no room for lead@example.org');
  const refused = await sendMail(mail(port));
  server.close();
  expect(refused).toEqual({ outcome: 'later', reason: 'the mail server answered 452', scope: 'destination' });
  const nobody = await sendMail(mail(port));
  expect(nobody).toMatchObject({ outcome: 'later', scope: 'destination' });
  expect(JSON.stringify(nobody)).not.toContain('@');
});
