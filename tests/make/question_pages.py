"""Addresses of public questions and of disclosure: what stands in them, and who opens them."""

CASES = {
    "publicity.question": "question_shown",
    "publicity.my_question_appeal": "question_hidden",
    "publicity.my_question_verdict": "question_answered",
    "publicity.my_question_back": "question_answered",
    "publicity.desk_question": "question_waiting",
    "publicity.desk_answer": "question_shown",
    "publicity.key_task": "key_task",
    "publicity.desk_key_task": "key_task",
    "publicity.desk_input_end": "disclosed_input",
    "publicity.desk_highlight_approve": "highlight_waiting",
    "publicity.desk_highlight_end": "highlight_shown",
}
WHO = {"publicity.desk_answer": "street_desk"}
NO_PAGE = {
    "feeds.questions_atom": "a feed for readers of news",
    "publicity.participation_csv": "a table to download",
    "publicity.participation_json": "data for programs",
}
