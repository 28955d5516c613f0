// SIGTERM and SIGINT as an AbortSignal: the first asks for a graceful stop, the second ends the process at once.

export interface Shutdown {
  readonly signal: AbortSignal;
  /** Gives the process's signals back. */
  release(): void;
}

const SIGNALS = ['SIGTERM', 'SIGINT'] as const;

export function onShutdown(stopping: (name: string) => void): Shutdown {
  const controller = new AbortController();
  const heard = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(name === 'SIGINT' ? 130 : 143);
    stopping(name);
    controller.abort();
  };
  for (const name of SIGNALS) process.on(name, heard);
  return {
    signal: controller.signal,
    release: () => {
      for (const name of SIGNALS) process.off(name, heard);
    },
  };
}
