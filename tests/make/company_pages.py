"""Addresses of the pages of service companies: what stands in them, and who opens them."""

NO_PAGE = {
    "reports.company_scores": "a table to download",
    "reports.desk_check_photo": "a picture",
}
WHO = {
    "reports.desk_companies": "verifier",
    "reports.desk_company": "city_centre",
    "reports.desk_company_step": "city_centre",
    "reports.desk_company_check": "verifier",
    "reports.desk_hearing": "city_centre",
}
CASES = {
    **dict.fromkeys(
        ("reports.company_page", "reports.desk_company", "reports.desk_company_step",
         "reports.desk_company_check"),
        "company",
    ),
    "reports.desk_hearing": "company_check",
}  # fmt: skip
