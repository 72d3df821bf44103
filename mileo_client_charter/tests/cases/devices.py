"""Four hundred devices of the makers whose advisories the trade reads."""

DEVICES = 400
# (French, English, maker, model, tag, firmware of the devices in turn): as manufacturers and their advisories write them.
MODELS = (
    ("Caméra", "Camera", "Hikvision", "DS-2CD2143", "video", ("V5.5.80 build 190815", "V5.7.3 build 220112", "")),
    ("Caméra", "Camera", "Hikvision", "DS-2CD4A25F", "video", ("V5.4.0 build 160414", "V5.4.5 build 170123")),
    ("Lecteur facial", "Face reader", "Hikvision", "DS-K1T671TM", "access", ("V3.2.30 build 221223", "V3.2.45 build 230301", "")),
    ("Caméra", "Camera", "Dahua", "DH-IPC-HDW1230", "video", ("2.420.0000", "2.800.0000")),
    ("Enregistreur", "Recorder", "Dahua", "DH-NVR1104", "video", ("3.210.0001", "")),
    ("Enregistreur", "Recorder", "Uniview", "NVR301-04S2-P4", "video", ("NVR-B3801.20.16.231201", "NVR-B3801.20.17.240507")),
    ("Caméra", "Camera", "Honeywell", "H4L2GR1", "video", ("2.420.HW01.33.20180101", "2.420.HW01.33.20200101")),
    ("Enregistreur", "Recorder", "Honeywell", "HEN16104", "video", ("1.0.190812", "")),
    ("Caméra", "Camera", "Mobotix", "M16", "video", ("MX-V5.0.0.127", "MX-V5.4.9.4-r3", "")),
    ("Contrôleur", "Controller", "Software House", "iSTAR Ultra", "access", ("6.8.7", "6.9.3", "6.9.2 CU01")),
    ("Serveur vidéo", "Video server", "Exacq", "exacqVision Server", "video", ("9.6", "9.8", "20.06.3.0")),
    ("Serveur vidéo", "Video server", "Siemens", "Siveillance Video 2021 R2", "video", ("V21.2 HotfixRev5", "V21.2 HotfixRev9")),
    ("Centrale incendie", "Fire panel", "Siemens", "Cerberus PRO EN Fire Panel FC72x", "intrusion", ("IP7", "IP8")),
    ("Serveur d'accès", "Access server", "Siemens", "SiPass integrated V2.80", "access", ("V2.80", "")),
)  # fmt: skip
