from django.http import HttpRequest


def display_settings(request: HttpRequest) -> dict[str, str]:
    return {}
