"""Deleting devices' requests that say nothing any more."""

from idp.ops.bites import delete_in_bites
from oauth_ext.authorization.cleaning import says_nothing
from oauth_ext.authorization.device.models import DeviceGrant


def clean_device_grants() -> int:
    """Delete requests that ended a day ago, if what they bought has ended too; return how many."""
    return delete_in_bites(DeviceGrant.objects.filter(says_nothing()))
