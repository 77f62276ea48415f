import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext, rootCertificates, type SecureContext } from 'node:tls';
import { errorCodeOf } from '../error-code.ts';

const block = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** A file does not hold certificates; the message says what is expected of it. */
class CertificateFileError extends Error {
  override readonly name = 'CertificateFileError';
}

/** @throws CertificateFileError */
function readCertificates(file: string): string[] {
  const certificates = readText(file).match(block);
  if (certificates === null)
    throw new CertificateFileError('expected a PEM file with certificates ("-----BEGIN CERTIFICATE-----")');
  for (const [index, certificate] of certificates.entries()) {
    try {
      void new X509Certificate(certificate);
    } catch (cause) {
      throw new CertificateFileError(`expected certificates that can be read: number ${index + 1} cannot`, {
        cause,
      });
    }
  }
  return certificates;
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new CertificateFileError(
      `expected a PEM file that can be read (${errorCodeOf(cause) ?? 'unknown failure'})`,
      { cause },
    );
  }
}

/** What keeps a file from being a list of certificates: what is expected of it. Undefined where all is well. */
export function findCertificateProblem(file: string): string | undefined {
  try {
    readCertificates(file);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : 'expected a PEM file with certificates';
  }
}

/** For servers whose certificates those of a file vouch for, beside the authorities that everybody knows. */
export function createTrust(file: string): SecureContext {
  return createSecureContext({ ca: [...rootCertificates, ...readCertificates(file)] });
}
