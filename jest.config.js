// Tests run on what tsc compiled: `make build` first. CommonJS, no transform.
// Three groups: unit, integration (one real stack per run, started only when one of these tests runs) and long.
// JEST_BUILD names another folder of compiled code than dist.
const build = `<rootDir>/${process.env.JEST_BUILD ?? 'dist'}`;
const common = {
  testEnvironment: 'node',
  roots: [`${build}/test`],
  transform: {},
  // Tests run in a context of their own, where each look at a global is a call: what works with numbers took twenty times as long.
  sandboxInjectedGlobals: ['Array', 'Float64Array', 'Map', 'Math', 'Number', 'Object', 'Set'],
};
const onStack = {
  globalSetup: `${build}/test/integration/support/global-setup.js`,
  globalTeardown: `${build}/test/integration/support/global-teardown.js`,
};

module.exports = {
  testTimeout: 120_000,
  reporters: ['default', 'summary', `${build}/test/integration/support/counts-reporter.js`],
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.test.js'],
      testPathIgnorePatterns: ['/test/integration/', '\\.long\\.test\\.js$'],
    },
    {
      ...common,
      ...onStack,
      displayName: 'integration',
      testMatch: ['**/test/integration/**/*.test.js'],
      testPathIgnorePatterns: ['\\.long\\.test\\.js$'],
    },
    { ...common, ...onStack, displayName: 'long', testMatch: ['**/*.long.test.js'], testPathIgnorePatterns: [] },
  ],
};
