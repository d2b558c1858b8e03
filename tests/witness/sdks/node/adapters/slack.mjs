import { verifySlackRequest } from '@slack/bolt';
import { hmac } from '../recipe.mjs';

export const signs = 'recipe';

export const sign = ({ body, secret, now }) => ({
  'x-slack-request-timestamp': now,
  'x-slack-signature': `v0=${hmac('hex', secret, `v0:${now}:`, body)}`,
});

export const verify = ({ body, secret, headers }) => {
  verifySlackRequest({
    signingSecret: secret,
    body: body.toString(),
    headers: { ...headers, 'x-slack-request-timestamp': Number(headers['x-slack-request-timestamp']) },
  });
  return true;
};
