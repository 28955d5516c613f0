// Dead letters to their topic, each as a message: the original bytes, key and headers, plus __connect.errors.* headers that name where it
// came from and what was wrong with it, in the form that Kafka Connect's tools read.

import type { DeadLetter } from '../../core/feeds/batch.js';
import { isTooLarge } from './faults.js';
import type { OutgoingMessage, Publisher } from './producer.js';
import { DEAD_LETTERS_TOPIC } from './topics.js';

export const ERROR_HEADER = '__connect.errors.';

/** With the original bytes where the broker takes them. */
export async function publishDeadLetters(publisher: Publisher, letters: readonly DeadLetter[]): Promise<void> {
  if (letters.length === 0) return;
  try {
    await publisher.send(DEAD_LETTERS_TOPIC, letters.map(deadLetterMessage));
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    for (const letter of letters) await publishAlone(publisher, letter);
  }
}

async function publishAlone(publisher: Publisher, letter: DeadLetter): Promise<void> {
  try {
    await publisher.send(DEAD_LETTERS_TOPIC, [deadLetterMessage(letter)]);
  } catch (error) {
    if (!isTooLarge(error)) throw error;
    await publisher.send(DEAD_LETTERS_TOPIC, [deadLetterWithoutPayload(letter)]);
  }
}

export function deadLetterMessage(letter: DeadLetter): OutgoingMessage {
  return { key: letter.key, value: letter.payload, headers: { ...letter.headers, ...errorHeaders(letter) } };
}

/** For a broker that refuses the bytes as too large: the headers alone. The bytes are in keyhole.dead_letters all the same. */
export function deadLetterWithoutPayload(letter: DeadLetter): OutgoingMessage {
  const size = { [`${ERROR_HEADER}payload.bytes.omitted`]: String(letter.payload.length) };
  return { key: letter.key, value: null, headers: { ...errorHeaders(letter), ...size } };
}

function errorHeaders(letter: DeadLetter): Record<string, string> {
  const decoding = letter.reason !== 'invalid' && letter.reason !== 'too_large';
  const fields = {
    topic: letter.topic,
    partition: String(letter.partition),
    offset: letter.offset,
    stage: decoding ? 'VALUE_CONVERTER' : 'VALIDATION',
    'class.name': decoding ? 'keyhole.decode' : 'keyhole.validate',
    'exception.class.name': letter.reason,
    'exception.message': letter.error,
  };
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [`${ERROR_HEADER}${name}`, value]));
}
