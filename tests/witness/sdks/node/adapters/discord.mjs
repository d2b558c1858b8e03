import { verifyKey } from 'discord-interactions';
import { ed25519 } from '../recipe.mjs';

export const signs = 'recipe';

export const sign = ({ body, secret, now }) => ({
  'x-signature-timestamp': now,
  'x-signature-ed25519': ed25519(Buffer.from(secret, 'hex'), Buffer.concat([Buffer.from(`${now}`), body])).toString('hex'),
});

export const verify = ({ body, secret, headers }) => verifyKey(body, headers['x-signature-ed25519'], headers['x-signature-timestamp'], secret);
