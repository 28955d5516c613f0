// The switchboard: which file answers which command, loaded only when it is asked for, so that `keyhole sql` does not wait
// for Kafka's client. Maps the outcome to an exit code: 0 done, 1 failed, 2 wrong usage.

import { Command, CommanderError } from 'commander';
import { UsageError } from '../core/errors.js';
import { readVersion } from '../platform/version.js';
import { COMMANDS, type CommandEntry } from './commands.js';

async function main(args: readonly string[]): Promise<number> {
  const program = new Command('keyhole')
    .description('Finds bribed look-ups in the access logs of a marketplace’s internal tools.')
    .version(readVersion(), '--version', 'print the version')
    .helpOption('--help', 'print this, or a command’s options')
    .showHelpAfterError('(add --help for the options)')
    .exitOverride();
  const asked = askedFor(args);
  for (const entry of COMMANDS) {
    if (entry.name === asked) (await entry.load())(program);
    else program.command(entry.name).description(entry.summary);
  }
  for (const command of program.commands) command.exitOverride().showHelpAfterError('(add --help for the options)');
  try {
    if (args.length === 0) program.help({ error: true });
    await program.parseAsync([...args], { from: 'user' });
    return 0;
  } catch (error) {
    return report(error);
  }
}

/** The command named first, also after `help`. */
function askedFor(args: readonly string[]): CommandEntry['name'] | undefined {
  const words = args.filter((arg) => !arg.startsWith('-'));
  return words[0] === 'help' ? words[1] : words[0];
}

function report(error: unknown): number {
  // Commander has already said what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
  process.stderr.write(`error: ${error instanceof Error ? error.message : 'failed for no stated reason'}\n`);
  return error instanceof UsageError ? 2 : 1;
}

/** A reader that has seen enough, such as `head`, is no failure. */
process.stdout.on('error', (error) => {
  if ('code' in error && error.code === 'EPIPE') process.exit(0);
  throw error;
});

/** A connection that does not let go keeps nobody waiting. */
const LINGER_MS = 3_000;

void main(process.argv.slice(2)).then((code) => {
  if (code !== 0) process.exitCode = code;
  setTimeout(() => process.exit(), LINGER_MS).unref();
});
