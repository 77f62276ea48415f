import { addFaultRoutes, startSandbox, type Sandbox } from '../../../src/sandbox/index.ts';
import { startTestProduct, type TestProduct } from '../../support/product.ts';

/** The product on its sandbox, as `npm start` has it: with a way to the sandbox's faults. */
export interface SandboxProduct {
  readonly sandbox: Sandbox;
  readonly product: TestProduct;
  clearFaults(): void;
  close(): Promise<void>;
}

export async function startSandboxProduct(): Promise<SandboxProduct> {
  const sandbox = await startSandbox({ ports: 'free' });
  const product = await startTestProduct(sandbox.sources, undefined, {
    addSandboxRoutes: (app) => addFaultRoutes(app, sandbox.faults),
  });
  return {
    sandbox,
    product,
    clearFaults() {
      for (const control of Object.values(sandbox.faults)) control.clear();
    },
    async close() {
      await product.close();
      await sandbox.close();
    },
  };
}
