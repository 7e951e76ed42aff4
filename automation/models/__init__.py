from automation.models.alert import StallAlert
from automation.models.mail import MailState, OutgoingMail
from automation.models.notification import Notification, NotificationKind
from automation.models.worker import Heartbeat

__all__ = ["Heartbeat", "MailState", "Notification", "NotificationKind", "OutgoingMail", "StallAlert"]
