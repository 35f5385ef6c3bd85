'use strict';

/** The engine for any Node program: `const { createEngine } = require('n8n-nodes-push-notifications')`. */
module.exports = require('./dist/push/index.js');
