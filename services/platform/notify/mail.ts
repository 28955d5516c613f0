// One e-mail over SMTP, through nodemailer. The Message-ID is made of the key, so that a mail that is sent twice is shown once by most
// readers. Decides nothing about its words.

import { createHash } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { ACCEPTED, type Delivery } from './delivery.js';

export interface Mail {
  readonly host: string;
  readonly port: number;
  readonly tls: 'starttls' | 'implicit' | 'none';
  readonly user?: string;
  readonly password?: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly key: string;
  readonly timeoutMs: number;
}

export async function sendMail(mail: Mail): Promise<Delivery> {
  const { host, port, tls, user, password, timeoutMs } = mail;
  const transport = createTransport({
    host,
    port,
    secure: tls === 'implicit',
    requireTLS: tls === 'starttls',
    ignoreTLS: tls === 'none',
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    ...(user === undefined ? {} : { auth: { user, pass: password ?? '' } }),
  });
  try {
    const { from, to, subject, text } = mail;
    await transport.sendMail({ from, to: [...to], subject, text, messageId: messageId(mail) });
    return ACCEPTED;
  } catch (error) {
    return { outcome: 'later', reason: reasonOf(error), scope: 'destination' };
  } finally {
    transport.close();
  }
}

const messageId = ({ key, from }: Mail): string =>
  `<${createHash('sha256').update(key).digest('hex').slice(0, 40)}@${from.replace(/^.*@|[>\s]/g, '') || 'keyhole'}>`;

/** The reply's number or the fault's code; never its words, which may quote an address. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'mail failed';
  if ('responseCode' in error && typeof error.responseCode === 'number')
    return `the mail server answered ${error.responseCode}`;
  return `mail failed (${'code' in error ? String(error.code) : error.name})`;
}
