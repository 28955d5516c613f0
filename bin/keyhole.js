#!/usr/bin/env node
require('../dist/services/cli/main.js');
