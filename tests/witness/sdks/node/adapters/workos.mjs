import { WorkOS } from '@workos-inc/node';

const { webhooks } = new WorkOS('sk_unused', { clientId: 'client_unused' });

export const signs = 'sdk';

// The library computes the hash; the header around it is the documentation's.
export const sign = async ({ body, secret, now }) => ({
  'workos-signature': `t=${now * 1000}, v1=${await webhooks.computeSignature(now * 1000, body.toString(), secret)}`,
});

export const verify = ({ body, secret, headers }) =>
  webhooks.verifyHeader({ payload: body.toString(), sigHeader: headers['workos-signature'], secret, tolerance: 180_000 });
