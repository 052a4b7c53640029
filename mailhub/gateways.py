"""The SMS gateway that the settings name. Each is imported only where it is chosen: their libraries are large."""

from mailhub.settings import SmsSettings
from sms.gateway import SmsFollowing


def new_gateway(settings: SmsSettings) -> SmsFollowing | None:
    """A gateway of the office's choice, None for an office that sends no texts; the caller closes it."""
    match settings.gateway:
        case "none":
            return None
        case "folder":
            from sms.folder_gateway import FolderGateway  # noqa: PLC0415

            return FolderGateway(settings.folder)
        case "twilio":
            return _twilio(settings)
        case "smpp":
            return _smpp(settings)


def _twilio(settings: SmsSettings) -> SmsFollowing:
    from sms.twilio_gateway import TwilioGateway, TwilioSettings  # noqa: PLC0415

    return TwilioGateway(
        TwilioSettings(
            account=settings.twilio_account,
            token=settings.twilio_token,
            sender=settings.sender,
            service=settings.twilio_service,
            base_url=settings.twilio_base_url,
            seconds=float(settings.timeout_seconds),
        )
    )


def _smpp(settings: SmsSettings) -> SmsFollowing:
    from sms.smpp_gateway import SmppGateway  # noqa: PLC0415
    from sms.smpp_link import SmppSettings  # noqa: PLC0415

    return SmppGateway(
        SmppSettings(
            host=settings.smpp_host,
            port=settings.smpp_port,
            system_id=settings.smpp_system_id,
            password=settings.smpp_password,
            source=settings.sender,
            source_ton=settings.smpp_source_ton,
            source_npi=settings.smpp_source_npi,
            tls=settings.smpp_tls,
            payload=settings.smpp_long_texts == "payload",
            seconds=float(settings.timeout_seconds),
        )
    )
