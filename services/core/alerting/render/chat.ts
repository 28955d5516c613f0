// Messages for people: Slack-compatible and Teams-compatible webhooks, and the text of an e-mail. One message may hold several
// anomalies of one employee.

import type { Item } from '../item.js';
import { digestLines, headline, type Message, nextStep, TEST_SENTENCE, titleOf } from './message.js';

export function toText(message: Message): string {
  if (message.kind === 'test') return TEST_SENTENCE;
  if (message.kind === 'digest') return digestLines(message.items).join('\n');
  return message.items.map((item) => `${headline(item)}\n${item.notice.summary}\nNext: ${nextStep(item)}`).join('\n\n');
}

/** Slack reads &, < and > as markup; nothing else of the text is. */
const slackText = (text: string): string => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Incoming webhook: `text` is what notifications show, `blocks` what the channel shows. */
export function toSlack(message: Message): Record<string, unknown> {
  const title = titleOf(message);
  const section = (text: string): Record<string, unknown> => ({
    type: 'section',
    text: { type: 'mrkdwn', text: text.slice(0, 3000) },
  });
  const bodies = message.kind === 'alert' ? message.items.slice(0, 40).map(slackItem) : [slackText(toText(message))];
  return {
    text: slackText(title),
    blocks: [{ type: 'header', text: { type: 'plain_text', text: title.slice(0, 150) } }, ...bodies.map(section)],
  };
}

const slackItem = (item: Item): string =>
  `*${slackText(headline(item))}*\n${slackText(item.notice.summary)}\nNext: \`${nextStep(item)}\``;

/** A Workflows webhook: an Adaptive Card in a message. */
export function toTeams(message: Message): Record<string, unknown> {
  const block = (text: string, bold = false): Record<string, unknown> => ({
    type: 'TextBlock',
    text: teamsText(text),
    wrap: true,
    ...(bold ? { weight: 'Bolder', size: 'Medium' } : {}),
  });
  const body = [
    block(titleOf(message), true),
    ...toText(message)
      .split('\n')
      .filter((line) => line !== '')
      .slice(0, 120)
      .map((line) => block(line)),
  ];
  const content = {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body,
  };
  return {
    type: 'message',
    attachments: [{ contentType: 'application/vnd.microsoft.card.adaptive', contentUrl: null, content }],
  };
}

/** Adaptive Cards read Markdown: what would be a link, a list or emphasis is escaped. */
const teamsText = (text: string): string => text.replace(/([\\`*_[\]()<>#~])/g, '\\$1');
