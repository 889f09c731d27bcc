"""A class in one room: a teacher asks, phones answer, everybody sees. No screen and no accounts."""

from core.teaching.classroom.answers import Answers, Asked, Tally
from core.teaching.classroom.prompts import Kind, Prompt
from core.teaching.classroom.rooms import Classroom, Room, phone_name

__all__ = ["Answers", "Asked", "Classroom", "Kind", "Prompt", "Room", "Tally", "phone_name"]
