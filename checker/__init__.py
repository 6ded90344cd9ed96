"""Scoregate: policy-as-code for Microsoft Secure Score."""

__version__ = "0.1.0"
