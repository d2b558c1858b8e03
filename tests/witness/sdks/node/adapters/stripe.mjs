import Stripe from 'stripe';

const { webhooks } = new Stripe('sk_test_unused');

export const signs = 'sdk';

export const sign = ({ body, secret, now }) => ({
  'stripe-signature': webhooks.generateTestHeaderString({ payload: body.toString(), secret, timestamp: now }),
});

export const verify = ({ body, secret, headers }) => Boolean(webhooks.constructEvent(body, headers['stripe-signature'], secret));
