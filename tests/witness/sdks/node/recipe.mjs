// What a provider's documentation says to compute, for libraries that verify and do not sign.
import { createHmac, createPrivateKey, sign as signWith } from 'node:crypto';

export const hmac = (encoding, secret, ...parts) => {
  const mac = createHmac('sha256', secret);
  for (const part of parts) mac.update(part);
  return mac.digest(encoding);
};

// A seed of 32 bytes in front of what RFC 8410 puts around it.
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

export const ed25519 = (seed, message) =>
  signWith(null, message, createPrivateKey({ key: Buffer.concat([PKCS8, seed]), format: 'der', type: 'pkcs8' }));

export const p256 = (pkcs8, message) =>
  signWith('sha256', message, createPrivateKey({ key: Buffer.from(pkcs8, 'base64'), format: 'der', type: 'pkcs8' }));
