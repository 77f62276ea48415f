import { assertFree, readPort } from './port.mjs';
import { startLoyaltySubgraph } from './subgraph.mjs';

try {
  const port = readPort(4002);
  await assertFree(port, 'set another with PORT');
  const { url } = await startLoyaltySubgraph({ port });
  console.log(`loyalty subgraph: ${url}`);
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
}
