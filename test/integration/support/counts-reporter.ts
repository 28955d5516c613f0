// The last line of a test run, for machines: `N passed, N failed`, alone on its line. A file that could not run counts as
// one failure, and so does a test that was skipped: nothing is left out in silence.

/** What is used of jest's aggregated result. */
interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
}

class CountsReporter {
  onRunComplete(_contexts: unknown, results: Results): void {
    const failed =
      results.numFailedTests + results.numRuntimeErrorTestSuites + results.numPendingTests + results.numTodoTests;
    process.stdout.write(`${results.numPassedTests} passed, ${failed} failed\n`);
  }
}

export = CountsReporter;
