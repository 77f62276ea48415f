// @fastify/static loads this ES module by `require`. Node.js can do that, Jest's own `require` cannot: Node's is used.
const { createRequire } = process.getBuiltinModule('node:module');

module.exports = createRequire(__filename)('content-disposition');
