// Regular expressions and networks as rules write them, checked before a database sees them: what RE2 cannot do, and what is no
// network, is said while the rule is read.

import { refuse } from './refusal.js';

/** What PCRE has beyond what Sigma allows and RE2 can do. */
const BEYOND: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\(\?(?:[=!]|<[=!])/, 'look-around'],
  [/\(\?>/, 'an atomic group'],
  [/(?:[*+?]|\})\+/, 'a possessive quantifier'],
  [/\\[1-9]/, 'a back-reference'],
  [/\\[kK]/, 'a back-reference'],
  [/\(\?(?:R|\d|&|\()/, 'recursion or a condition'],
];

/** @throws Refused */
export function checkRegex(key: string, regex: string): string {
  const bare = regex.replace(/\\\\/g, '').replace(/\[(?:\\.|[^\]\\])*\]/g, '[]');
  for (const [pattern, name] of BEYOND)
    if (pattern.test(bare))
      refuse(`${key}: the regular expression has ${name}`, 'write it without; Sigma allows . ^ $ * + ? {n,m} [] () |');
  try {
    // Inline flags at the beginning are RE2's and PCRE's, not JavaScript's.
    new RegExp(regex.replace(/^\(\?[ims]+\)/, ''), 'u');
  } catch {
    try {
      new RegExp(regex.replace(/^\(\?[ims]+\)/, ''));
    } catch {
      refuse(`${key}: the regular expression cannot be read`, 'check its brackets and quantifiers');
    }
  }
  return regex;
}

const V4 = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})\/(\d{1,2})$/;
const V6 = /^(?=.*:.*:)[0-9a-fA-F:]{2,39}\/(\d{1,3})$/;

/** @throws Refused */
export function checkNetwork(key: string, network: string): string {
  const v4 = V4.exec(network);
  if (v4?.slice(1, 5).every((part) => Number(part) <= 255) && Number(v4[5]) <= 32) return network;
  const v6 = V6.exec(network);
  if (v6 !== null && Number(v6[1]) <= 128) return network;
  return refuse(`${key}: ${network} is no network`, 'write it like 10.0.0.0/8 or 2001:db8::/32');
}

export const isV4 = (network: string): boolean => V4.test(network);
