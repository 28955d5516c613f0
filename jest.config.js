// Tests run on what tsc compiled: `npm run build` first. CommonJS, no transform.
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/dist/test'],
  testMatch: ['**/*.test.js'],
  transform: {},
  testTimeout: 120_000,
};
