// Reports of a hundred thousand accesses, all six kinds: pages show the first rows of a table, data all of them.

import { reportsOf } from './sizes-run.js';

describe.each([100_000])('reports of %i accesses', reportsOf);
