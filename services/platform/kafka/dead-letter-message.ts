// A dead letter as a Kafka message: the original bytes, key and headers, plus __connect.errors.* headers that name where it
// came from and what was wrong with it, in the form that Kafka Connect's tools read.

import type { DeadLetter } from '../../core/feeds/batch.js';
import type { OutgoingMessage } from './producer.js';

export const ERROR_HEADER = '__connect.errors.';

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
