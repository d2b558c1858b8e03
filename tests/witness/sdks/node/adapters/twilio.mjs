import twilio from 'twilio';

const { getExpectedTwilioSignature, getExpectedBodyHash, validateRequest, validateRequestWithBody } = twilio;

export const signs = 'sdk';

const isForm = (headers) => headers['content-type'] === 'application/x-www-form-urlencoded';

// As Express reads a form: a field that comes twice is a list.
function fields(body) {
  const form = new URLSearchParams(body.toString());
  return Object.fromEntries([...form.keys()].map((name) => [name, form.getAll(name).length > 1 ? form.getAll(name) : form.get(name)]));
}

const withHash = (url, hash) => `${url}${url.includes('?') ? '&' : '?'}bodySHA256=${hash}`;

export const sign = ({ body, secret, headers, url }) => ({
  'x-twilio-signature': isForm(headers)
    ? getExpectedTwilioSignature(secret, url, fields(body))
    : getExpectedTwilioSignature(secret, withHash(url, getExpectedBodyHash(body.toString())), {}),
});

export const verify = ({ body, secret, headers, url }) =>
  isForm(headers)
    ? validateRequest(secret, headers['x-twilio-signature'], url, fields(body))
    : validateRequestWithBody(secret, headers['x-twilio-signature'], withHash(url, getExpectedBodyHash(body.toString())), body.toString());
