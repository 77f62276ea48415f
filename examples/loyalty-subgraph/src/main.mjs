import { startLoyaltySubgraph } from './subgraph.mjs';

const { url } = await startLoyaltySubgraph({ port: Number(process.env.PORT ?? 4002) });
console.log(`loyalty subgraph: ${url}`);
