"""A processor in Python that takes note of every event: put your work in place of `summarise`."""

from coatcheck_processor import Event, processor


def summarise(event: Event) -> str:
    """What it returns is kept in the event's record. Raise `Retry` or `Reject` if you are not done with the event."""
    summary = f"{event.type} {len(event.payload())} bytes"
    # What the endpoint declares under `attributes`, if this delivery had it.
    customer = event.attribute("customer")
    return f"{summary} of {customer}" if customer is not None else summary


handler = processor(summarise)
