import Lithic from 'lithic';

// Lithic's library only verifies; its documentation names Standard Webhooks.
export { sign } from './standardwebhooks.mjs';
export const signs = 'recipe';

const { webhooks } = new Lithic({ apiKey: 'unused' });

export const verify = ({ body, secret, headers }) => {
  webhooks.verifySignature(body.toString(), headers, secret);
  return true;
};
